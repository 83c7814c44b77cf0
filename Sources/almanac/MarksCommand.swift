import ArgumentParser
import BundleCompiler
import BundleFormat
import CKernels
import Foundation

/// Measures vetoes on questions and pairs from standard input; `tools/bench/vetoes.py` writes them and reads the results.
struct MarksCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "marks",
    abstract: "Say in which marks questions contradict each other.",
    discussion: """
      Reads lines with tabs: `S ENTRY TEXT` stores a question of an entry, `Q NUMBERS TEXT` compares a query with the \
      stored questions of these numbers (from 0, with commas), after all of them are read. Writes for each query and \
      number the kinds of contradiction as two bit sets: strictly, and with the slots of the entry.
      """, shouldDisplay: false)

  @Option(help: "A lexicon in its readable form, instead of the one built in.")
  var lexicon: String?

  @Flag(help: "Report the time of scans and comparisons instead.")
  var time = false

  @Flag(help: "Write the marks of each stored question instead.")
  var show = false

  func run() throws {
    let texts =
      try lexicon.map { try MarkedTexts(source: String(contentsOfFile: $0, encoding: .utf8), file: $0) }
      ?? MarkedTexts()
    var owners: [String] = []
    var stored: [[UInt8]] = []
    var queries: [(text: [UInt8], numbers: [Int])] = []
    var normalizer = TextNormalizer(maximumInput: 65_536)
    while let line = readLine() {
      let parts = line.split(separator: "\t", maxSplits: 2, omittingEmptySubsequences: false)
      guard parts.count == 3 else { throw ValidationError("a line needs three parts: \(line)") }
      _ = try Array(parts[2].utf8).withBytes { try normalizer.normalize($0) }
      let form = normalizer.output.copied
      if parts[0] == "S" {
        owners.append(String(parts[1]))
        stored.append(form)
      } else {
        queries.append((form, parts[1].split(separator: ",").compactMap { Int($0) }))
      }
    }
    if time { return measure(texts, stored) }
    let marks = texts.marks(stored)
    if show {
      for (form, marks) in zip(stored, marks) {
        print(
          String(decoding: form, as: UTF8.self), marks.map { String($0, radix: 16) }.joined(separator: " "),
          separator: "\t")
      }
    }
    let slots = Dictionary(grouping: marks.indices, by: { owners[$0] }).mapValues { rows in
      EntrySlots(rows.map { marks[$0] }).kinds
    }
    let asked = texts.marks(queries.map(\.text))
    var output = ""
    for (query, marksOfQuery) in zip(queries, asked) {
      let fields = query.numbers.map { number in
        marksOfQuery.withBytes { first in
          marks[number].withBytes { second in
            let strict = VetoRule.conflicts(QuestionMarks(first), QuestionMarks(second), slots: .none)
            return "\(strict.rawValue):\(strict.subtracting(slots[owners[number]] ?? .none).rawValue)"
          }
        }
      }
      output += fields.joined(separator: " ") + "\n"
    }
    print(output, terminator: "")
  }

  private func measure(_ texts: MarkedTexts, _ stored: [[UInt8]]) {
    var scanner = MarkScanner()
    texts.lexicon.withBytes { bytes in
      guard let lexicon = MarkLexicon(bytes), !stored.isEmpty else { return }
      var best = UInt64.max
      var total = 0
      for _ in 0..<7 {
        let start = almanac_monotonic_nanoseconds()
        for form in stored { total += form.withBytes { scanner.scan($0, with: lexicon).count } }
        best = min(best, almanac_monotonic_nanoseconds() - start)
      }
      let marks = texts.marks(stored).map { $0 }
      var compare = UInt64.max
      var vetoes = 0
      for _ in 0..<7 {
        let start = almanac_monotonic_nanoseconds()
        for index in 1..<marks.count {
          marks[index - 1].withBytes { first in
            marks[index].withBytes { second in
              vetoes += Int(VetoRule.conflicts(QuestionMarks(first), QuestionMarks(second), slots: .none).rawValue)
            }
          }
        }
        compare = min(compare, almanac_monotonic_nanoseconds() - start)
      }
      print("lexicon \(bytes.count) bytes, \(lexicon.recordCount) records; \(stored.count) questions")
      print(
        "scan \(best / UInt64(stored.count)) ns, compare \(compare / UInt64(stored.count)) ns (\(total), \(vetoes))")
    }
  }
}
