import BundleFormat
import BundleReader
import Foundation

// Foundation has a Bundle too.
import class BundleReader.Bundle

/// What a reader makes of a bad bundle, as a line of `Tests/Conformance/bad` says it.
public enum HostileOutcome: Equatable, Sendable {
  /// Refused at open, with this message.
  case refused(String)
  /// Opened; what each question came to: `hit ENTRY` or the reason.
  case opened([String])

  /// The folder of `Tests/Conformance/bad` whose file says so.
  public var verdict: String {
    switch self {
    case .refused: "refused"
    case .opened(let replies): replies.contains("damaged") ? "damaged" : "answered"
    }
  }

  /// The fields of the line behind the name.
  public var fields: [String] {
    switch self {
    case .refused(let message): [message]
    case .opened(let replies): replies
    }
  }

  /// Opens the file at `path` and asks it `questions`.
  public static func of(_ path: String, _ questions: [String], mode: OpenMode = .lazy) throws -> HostileOutcome {
    let bundle: Bundle
    do throws(BundleError) {
      bundle = try Bundle.open(path, mode: mode)
    } catch {
      return .refused("\(error)")
    }
    let responder = Responder(bundle)
    return .opened(try questions.map { try reply(to: $0, responder) })
  }

  private static func reply(to question: String, _ responder: Responder) throws -> String {
    // An explanation reads more of the bundle, and must change nothing.
    var texts: [String] = []
    for isExplained in [false, true] {
      let request: [String: any Sendable] = ["query": question, "now": 1_780_000_000, "explain": isExplained]
      let line = Array(try JSONSerialization.data(withJSONObject: request))
      _ = line.withBytes { responder.respond(to: $0) }
      let reply = try JSONSerialization.jsonObject(with: Data(responder.reply.copied)) as? [String: Any] ?? [:]
      let entry = reply["entry"] as? String ?? ""
      let reason = reply["reason"] as? String
      texts.append(reason ?? "hit \(plain(entry))")
    }
    return texts[0] == texts[1] ? texts[0] : "\(texts[0]) but \(texts[1]) when explained"
  }

  /// A text with `?` in place of what no line of a table should hold.
  public static func plain(_ text: String) -> String {
    String(String.UnicodeScalarView(text.unicodeScalars.map { (0x21...0x7E).contains($0.value) ? $0 : "?" }))
  }

  /// The expected outcomes by name, from the files of `Tests/Conformance/bad`.
  public static func expected() throws -> [String: HostileOutcome] {
    var all: [String: HostileOutcome] = [:]
    for verdict in ["refused", "damaged", "answered"] {
      let text = try String(
        contentsOfFile: Repository.path("Tests/Conformance/bad/\(verdict)/expected.tsv"), encoding: .utf8)
      for line in text.split(separator: "\n") {
        let fields = line.split(separator: "\t", omittingEmptySubsequences: false).map(String.init)
        all[fields[0]] = verdict == "refused" ? .refused(fields[1]) : .opened(Array(fields[1...]))
      }
    }
    return all
  }

  /// Writes the files of `Tests/Conformance/bad` anew.
  public static func write(_ outcomes: [(name: String, outcome: HostileOutcome)]) throws {
    for verdict in ["refused", "damaged", "answered"] {
      let lines = outcomes.filter { $0.outcome.verdict == verdict }.map {
        ([$0.name] + $0.outcome.fields).joined(separator: "\t") + "\n"
      }
      let folder = Repository.path("Tests/Conformance/bad/\(verdict)")
      try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
      try Data(lines.joined().utf8).write(to: URL(fileURLWithPath: "\(folder)/expected.tsv"))
    }
  }
}
