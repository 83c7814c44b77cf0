import ArgumentParser
import BundleFormat
import BundleReader
import CKernels
import Terminal

/// Questions to one bundle, one after the other.
final class Conversation {
  private let responder: Responder
  private let isJSON: Bool
  private let isExplained: Bool
  private var suggestions: [String] = []

  /// Opens the bundle that the command line names.
  init(_ ask: Ask) throws {
    isJSON = ask.json
    isExplained = ask.explain
    var defaults = RequestDefaults()
    defaults.now = ask.now?.seconds
    defaults.maximumWrong = ask.maxWrong?.millionths
    defaults.isExplained = ask.explain
    for pair in ask.scope {
      do {
        _ = try Array(pair.utf8).withBytes { pair throws(RequestError) in try defaults.addScope(pair) }
      } catch {
        throw ValidationError("--scope: \(error.text)")
      }
    }
    for pair in ask.variable {
      do {
        _ = try Array(pair.utf8).withBytes { pair throws(RequestError) in try defaults.addVariable(pair) }
      } catch {
        throw ValidationError("--variable: \(error.text)")
      }
    }
    guard ask.kernels.isAvailable else {
      Terminal.writeError("error: --kernels: this processor lacks \(ask.kernels.rawValue); choose auto\n")
      throw ExitCode.refused
    }
    var path = ask.bundle
    do throws(BundleError) {
      let requirements = OpenRequirements(publicKey: ask.publicKey, leastVersion: ask.minVersion)
      var bundle = try Bundle.open(
        path, mode: ask.mode, level: ask.kernels.level,
        requirements: ask.layer == nil ? requirements : requirements.ofBase)
      if let layer = ask.layer {
        path = layer
        bundle = try Bundle.open(
          layer, over: bundle, mode: ask.mode, level: ask.kernels.level, requirements: requirements)
      }
      responder = Responder(bundle, defaults: defaults)
    } catch {
      Terminal.writeError("error: \(path): \(error.description)\n")
      throw ExitCode.refused
    }
  }

  /// Answers one question on standard output and says with which exit code a program ends that asks no other.
  func answer(_ question: String) -> ExitCode {
    Array(question.utf8).withBytes { answer($0) }
  }

  /// Answers the bundle's prompt of this name, filled with the variables of the command line.
  func answer(prompt name: String) -> ExitCode {
    Array(name.utf8).withBytes { name in
      isJSON ? written(responder.respond(toPrompt: name)) : answer(responder.query(prompt: name))
    }
  }

  private func answer(_ question: Bytes) -> ExitCode {
    isJSON ? written(responder.respond(toText: question)) : answer(responder.query(question))
  }

  private func answer(_ query: Query) -> ExitCode {
    do throws(QueryError) {
      let start = almanac_monotonic_nanoseconds()
      let outcome = try responder.session.answer(query)
      let elapsed = almanac_monotonic_nanoseconds() - start
      let text = AnswerText(outcome, query, nanoseconds: elapsed, &responder.session)
      suggestions = text.suggestions
      Console.write(Console.harmless(text.body) + "\n" + Console.quiet(Console.harmless(text.remarks)) + "\n")
      if isExplained {
        Console.write(Console.harmless(ExplanationText(outcome, query, responder.session).text) + "\n")
      }
      return text.isAnswer ? .success : .needsFallback
    } catch {
      Terminal.writeError("error: \(RequestError(from: error).text)\n")
      return .refused
    }
  }

  // Writes the reply that was just made.
  private func written(_ status: ReplyStatus) -> ExitCode {
    Console.write(String(decoding: responder.reply.copied, as: UTF8.self))
    return status == .hit ? .success : status == .needsFallback ? .needsFallback : .refused
  }

  /// Asks a person for questions until an empty line or the end.
  func prompt() throws {
    var reader = LineReader(descriptor: 0)
    while true {
      showPrompt()
      guard let line = try nextLine(&reader) else { return Console.write("\n") }
      let typed = String(decoding: line.copied, as: UTF8.self)
      if line.isBlank { return }
      let trimmed = typed.drop { $0 == " " }.prefix { $0 != " " && $0 != "\r" }
      if let number = Int(trimmed), suggestions.indices.contains(number - 1), trimmed.count == 1 {
        let question = suggestions[number - 1]
        if !isJSON { Console.write(Console.quiet(Console.harmless(question)) + "\n") }
        _ = answer(question)
      } else {
        _ = answer(line)
      }
      if !isJSON { Console.write("\n") }
    }
  }

  private func showPrompt() {
    if Console.outputIsTerminal, !isJSON { Console.write(Console.strong("? ")) } else { Terminal.writeError("? ") }
  }

  /// Answers each line of standard input.
  func answerLines() throws {
    var reader = LineReader(descriptor: 0)
    while let line = try nextLine(&reader) {
      if line.isBlank { continue }
      if !isJSON { Console.write(Console.strong("? ") + String(decoding: line.copied, as: UTF8.self) + "\n") }
      _ = answer(line)
      if !isJSON { Console.write("\n") }
    }
  }

  private func nextLine(_ reader: inout LineReader) throws -> Bytes? {
    while true {
      switch reader.next() {
      case .text(let line): return line
      case .end: return nil
      case .tooLong:
        if isJSON {
          _ = responder.respondToLongLine()
          Console.write(String(decoding: responder.reply.copied, as: UTF8.self))
        } else {
          Terminal.writeError("error: \(RequestError(.lineTooLong).text)\n")
        }
      case .failed(let code):
        Terminal.writeError("error: standard input cannot be read (errno \(code)); check where it comes from\n")
        throw ExitCode.refused
      }
    }
  }
}
