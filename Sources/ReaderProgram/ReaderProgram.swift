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
  guard unsafe almanac_kernels_choose(options.level) != nil else {
    let name = unsafe Bytes(cString: almanac_kernels_name(options.level))
    Console.error("--kernels: this processor lacks ", name, "; choose auto")
    return ExitCode.refused
  }
  // A miss log that cannot grow is told of, and answers go on without it.
  almanac_ignore_file_limit()
  do throws(RefusedFile) {
    let query = options.query
    guard let service = try Service(options) else { return ExitCode.refused }
    let code = if let query { answerOnce(query, service) } else { serve(service) }
    service.finish()
    return code
  } catch {
    Console.error("", unsafe Bytes(cString: error.path), ": ", error.reason.description)
    return ExitCode.refused
  }
}

private func answerOnce(_ query: Bytes, _ service: Service) -> Int32 {
  let status = service.answer(query)
  let written = Console.write(service.reply)
  guard written == ExitCode.done else { return written }
  switch status {
  case .hit: return ExitCode.done
  case .needsFallback: return ExitCode.needsFallback
  case .error: return ExitCode.refused
  }
}

/// Answers lines from standard input until it ends, until the process is asked to end, or until nobody reads the replies any
/// more. All requests that were read whole are answered.
private func serve(_ service: Service) -> Int32 {
  var reader = LineReader(descriptor: Console.standardInput)
  let termination = almanac_termination()
  defer { _ = almanac_file_close(termination) }
  while true {
    guard let line = reader.buffered() ?? read(&reader, termination, service) else { continue }
    switch line {
    case .text(let line):
      guard service.answer(line: line) else { continue }
    case .tooLong: service.answerLongLine()
    case .end: return ExitCode.done
    case .failed(let code):
      Console.error("standard input cannot be read (errno \(code)); check where it comes from")
      return ExitCode.refused
    }
    let reply = service.reply
    switch unsafe almanac_write_until(Console.standardOutput, reply.unsafeStart, reply.count, termination) {
    case 0: continue
    case 1: return ExitCode.done
    default: return Console.failed()
    }
  }
}

/// Waits for input and reads once; `nil` if no whole line is there yet. A request to end is the end of the input.
private func read(_ reader: inout LineReader, _ termination: Int32, _ service: Service) -> LineReader.Line? {
  service.whileIdle()
  switch almanac_wait_to_read(Console.standardInput, termination, service.patience) {
  case ALMANAC_WAIT_TERMINATED: return .end
  case ALMANAC_WAIT_TIME_IS_UP: return nil
  default: return reader.read()
  }
}
