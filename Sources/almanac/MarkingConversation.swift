import AnswerPipeline
import Glibc
import Terminal

/// Shows a person one hit of a sample after the other, and takes the marks, a line each. Works on a terminal and piped.
struct MarkingConversation {
  private let path: String
  private var marking: HitMarking

  // A person judges by the beginning of a long answer; the file has all of it.
  private static let shownLetters = 1_500

  /// Reads the sample at `path`.
  init(_ path: String) throws {
    self.path = path
    marking = try HitMarking(path)
  }

  /// Asks until all are marked, the person stops, or the input ends.
  func run(json: Bool) throws {
    var marking = marking
    while let open = marking.open {
      if !json { print(Self.text(open)) }
      guard let key = Self.key(quietly: json) else { break }
      try marking.mark(key)
    }
    let counts = marking.counts
    if json {
      var object = JSONObject()
      object.add("right", counts.right)
      object.add("wrong", counts.wrong)
      object.add("unsure", counts.unsure)
      object.add("open", counts.open)
      print(object.text)
    } else {
      print(
        "\n  \(counts.right) right, \(counts.wrong) wrong, \(counts.unsure) that nobody can tell, \(counts.open) open")
      print(
        counts.open > 0
          ? "  go on with: almanac sample --mark \(path)" : "  in the recipe: marked_hits: \(path)")
    }
  }

  private static func text(_ open: HitMarking.Open) -> String {
    let answer = open.answer.count > shownLetters ? open.answer.prefix(shownLetters) + "…" : open.answer[...]
    return """

      \(open.place) of \(open.count)
      asked      \(open.query)
      taken for  \(open.question)
      answer     \(open.entry)
      \(answer.split(separator: "\n", omittingEmptySubsequences: false).map { "  \($0)" }.joined(separator: "\n"))
      """
  }

  // The next mark; nil to stop.
  private static func key(quietly: Bool) -> HitMarking.Mark? {
    while true {
      if !quietly {
        print("right, wrong, cannot tell (s), quit [r/w/s/q]: ", terminator: "")
        fflush(nil)
      }
      guard let line = readLine() else { return nil }
      // Whole words only: "what?" is no mark.
      switch line.lowercased().split(whereSeparator: \.isWhitespace).joined(separator: " ") {
      case "r", "right": return .right
      case "w", "wrong": return .wrong
      case "s", "skip", "unsure": return .unsure
      case "q", "quit": return nil
      default: continue
      }
    }
  }
}
