import BundleCompiler
import Dispatch
import Glibc

/// Removes the unfinished bundle when the user stops a compile (Ctrl-C or SIGTERM), then ends with the usual exit code.
final class Interruption {
  private var sources: [any DispatchSourceSignal] = []

  /// Watches from now on; `target` is the bundle being compiled.
  init(removing target: String) {
    for number in [SIGINT, SIGTERM] {
      signal(number, SIG_IGN)
      let source = DispatchSource.makeSignalSource(signal: number, queue: .global())
      source.setEventHandler {
        Compiler.discardUnfinished(target: target)
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
  }
}
