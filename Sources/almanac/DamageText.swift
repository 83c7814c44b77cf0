import AnswerPipeline
import BundleFormat
import BundleReader
import Terminal

/// What `verify` says about the bad chunks of a bundle.
struct DamageText {
  private static let namedLimit = 3
  private static let listedLimit = 100

  private let report: DamageReport

  init(_ report: DamageReport) { self.report = report }

  /// A line for each bad chunk, the first hundred, and one for each run of those that cannot be checked.
  var lines: [String] {
    let bad = report.chunks.filter(\.isKnownBad)
    var lines = bad.prefix(Self.listedLimit).map { chunk in
      let first = chunk.index * UInt64(VerityGeometry.chunkSize)
      return "damaged: chunk \(chunk.index), bytes \(first)…\(first + 4095): \(place(chunk.place))\(owners(chunk))"
    }
    let rest = bad.count - lines.count
    if rest > 0 { lines.append("and \(Figures.count(rest)) more; --json lists all") }
    var run: (first: UInt64, last: UInt64)?
    for chunk in report.chunks where !chunk.isKnownBad {
      if let open = run, open.last + 1 == chunk.index {
        run = (open.first, chunk.index)
        continue
      }
      if let run { lines.append(Self.unchecked(run)) }
      run = (chunk.index, chunk.index)
    }
    if let run { lines.append(Self.unchecked(run)) }
    return lines
  }

  private static func unchecked(_ run: (first: UInt64, last: UInt64)) -> String {
    "cannot be checked, since their block of the hash tree is damaged: chunks \(run.first)…\(run.last)"
  }

  /// The bad chunks, one object each.
  var objects: [JSONObject] {
    report.chunks.map { chunk in
      var object = JSONObject()
      object.add("chunk", Int(chunk.index))
      object.add("offset", Int(chunk.index) * VerityGeometry.chunkSize)
      object.add("known_bad", chunk.isKnownBad)
      switch chunk.place {
      case .section(let name, let segment, let first, let last):
        object.add("part", "section")
        object.add("section", name.text)
        object.add("segment", segment)
        if let first, let last { object.add("elements", raw: "[\(first),\(last)]") }
      case .directory: object.add("part", "directory")
      case .tree(let level, let first, let last):
        object.add("part", "hash-tree")
        object.add("level", level)
        object.add("chunks", raw: "[\(first),\(last)]")
      case .unknown: object.add("part", "unknown")
      }
      object.add("entry_count", chunk.entries.count)
      object.add("entries", texts: chunk.entries.prefix(Self.listedLimit).compactMap { report.entryID($0) })
      object.add("question_count", chunk.questions.count)
      object.add("questions", texts: chunk.questions.prefix(Self.listedLimit).compactMap { report.questionText($0) })
      return object
    }
  }

  private func place(_ place: FileSurvey.Place) -> String {
    switch place {
    case .section(let name, let segment, let first, let last):
      guard let first, let last else { return "\(name.text), segment \(segment)" }
      return "\(name.text), segment \(segment), \(first)…\(last)"
    case .directory: return "the directory, which every query needs, or an unused page"
    case .tree(let level, let first, let last): return "hash tree, level \(level), over chunks \(first)…\(last)"
    case .unknown: return "unknown, since the directory is damaged"
    }
  }

  private func owners(_ chunk: DamageReport.Chunk) -> String {
    if !chunk.entries.isEmpty {
      return "; " + list("entries", chunk.entries) { report.entryID($0) ?? "number \($0)" }
    }
    if !chunk.questions.isEmpty {
      return "; " + list("questions", chunk.questions) { report.questionText($0).map { "\"\($0)\"" } ?? "number \($0)" }
    }
    return ""
  }

  private func list(_ what: String, _ ordinals: [Int], _ name: (Int) -> String) -> String {
    let named = ordinals.prefix(Self.namedLimit).map(name).joined(separator: ", ")
    let rest = ordinals.count - Self.namedLimit
    return "\(what) \(named)" + (rest > 0 ? " and \(Figures.count(rest)) more" : "")
  }
}

extension JSONObject {
  /// Adds an array of texts.
  fileprivate mutating func add(_ key: String, texts: [String]) { add(key, raw: JSONObject.array(texts)) }
}
