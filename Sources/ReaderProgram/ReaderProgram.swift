import BundleFormat
import BundleReader
import CKernels

/// What the program's exit codes mean.
enum ExitCode {
  /// Done; with `--query`: a hit.
  static let done: Int32 = 0
  /// Refused: a bad bundle or bad input.
  static let refused: Int32 = 1
  /// With `--query`: there is no answer.
  static let needsFallback: Int32 = 3
  /// The command line is wrong.
  static let wrongUsage: Int32 = 64
}

/// Runs `almanac-reader` and returns its exit code.
///
/// - Parameters:
///   - argumentCount: The number of arguments, the program's name included.
///   - arguments: As in C's `main`. They must stay valid.
@_cdecl("almanac_reader_main")
public func runReader(_ argumentCount: Int32, _ arguments: UnsafePointer<UnsafePointer<CChar>?>) -> Int32 {
  do throws(UsageError) {
    let options = try unsafe Options(count: Int(argumentCount), arguments)
    switch options.wish {
    case .help: return Console.write(HelpText.help)
    case .version: return Console.write(HelpText.version)
    case .answer: return answer(options)
    }
  } catch {
    Console.error(error)
    return ExitCode.wrongUsage
  }
}

private func answer(_ options: consuming Options) -> Int32 {
  let path = unsafe options.path
  guard unsafe almanac_kernels_choose(options.level) != nil else {
    let name = unsafe Bytes(cString: almanac_kernels_name(options.level))
    Console.error("--kernels: this processor lacks ", name, "; choose auto")
    return ExitCode.refused
  }
  do throws(BundleError) {
    let bundle = try unsafe Bundle(path: path, mode: options.mode, level: options.level)
    let query = options.query
    let responder = Responder(bundle, defaults: options.defaults)
    if let query { return answerOnce(query, responder) }
    return serve(responder)
  } catch {
    Console.error("", unsafe Bytes(cString: path), ": ", error.description)
    return ExitCode.refused
  }
}

private func answerOnce(_ query: Bytes, _ responder: Responder) -> Int32 {
  let status = responder.respond(toText: query)
  let written = Console.write(responder.reply)
  guard written == ExitCode.done else { return written }
  switch status {
  case .hit: return ExitCode.done
  case .needsFallback: return ExitCode.needsFallback
  case .error: return ExitCode.refused
  }
}

/// Answers lines from standard input until it ends, or until nobody reads the replies any more.
private func serve(_ responder: Responder) -> Int32 {
  var reader = LineReader(descriptor: Console.standardInput)
  while true {
    switch reader.next() {
    case .text(let line):
      if line.isBlank { continue }
      _ = responder.respond(to: line)
    case .tooLong: _ = responder.respondToLongLine()
    case .end: return ExitCode.done
    case .failed(let code):
      Console.error("standard input cannot be read (errno \(code)); check where it comes from")
      return ExitCode.refused
    }
    let written = unsafe almanac_write(Console.standardOutput, responder.reply.unsafeStart, responder.reply.count)
    if written != 0 { return Console.failed() }
  }
}
