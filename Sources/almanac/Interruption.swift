import AnswerPipeline
import BundleCompiler
import Dispatch
import Glibc
import Terminal

/// Removes unfinished bundles and files when the user stops a command (Ctrl-C, SIGTERM, a closed terminal), says so, and ends with
/// the usual exit code. A file that grows beyond its limit becomes an error of the write and ends nothing.
final class Interruption {
  private var sources: [any DispatchSourceSignal] = []

  /// Watches from now on.
  init() {
    signal(SIGXFSZ, SIG_IGN)
    for number in [SIGINT, SIGTERM, SIGHUP] {
      signal(number, SIG_IGN)
      let source = DispatchSource.makeSignalSource(signal: number, queue: .global())
      source.setEventHandler {
        Compiler.discardUnfinished()
        OutputFiles.discardUnfinished()
        Terminal.writeError("interrupted; what was unfinished is removed, earlier files are as they were\n")
        _exit(128 + number)
      }
      source.resume()
      sources.append(source)
    }
  }

  /// Gives the signals their usual meaning again.
  func stop() {
    for source in sources { source.cancel() }
    signal(SIGINT, SIG_DFL)
    signal(SIGTERM, SIG_DFL)
    signal(SIGHUP, SIG_DFL)
  }
}
