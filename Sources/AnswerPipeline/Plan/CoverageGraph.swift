import BundleCompiler
import BundleFormat

/// Which questions of a log an answer to one of them would serve as well, and how surely.
struct CoverageGraph: Sendable {
  /// A question that a candidate's answer would serve.
  struct Edge: Sendable {
    /// The ordinal of the question.
    let question: Int32
    /// How surely, 0…1; 1 for the candidate itself.
    let cover: Float
  }

  /// The questions that each candidate serves, itself first.
  let served: [[Edge]]

  /// From here on a wording asks for the same answer, as far as this can tell.
  static let sameQuestion: Float = 0.5

  // Similarity and matched words, at equal weight, below the first serve nothing, above the second all.
  private static let none: Float = 0.62
  private static let all: Float = 0.92
  // How many of the nearest candidates of a question are looked at.
  private static let neighbours = 12
  private static let leastCosine: Float = 0.5

  /// Compares all of the normal forms `given` with the first `candidates` of them.
  ///
  /// - Parameters:
  ///   - counts: How often each was asked.
  ///   - progress: Told by several threads how many more questions are done.
  /// - Throws: an error of the build if its encoder or lexicon is damaged.
  init(_ given: [[UInt8]], counts: [Double], candidates: Int, progress: @Sendable (Int) -> Void) throws {
    let encoder = try PriorEncoder.shared.get()
    let spelling = LogSpelling(given, counts, encoder)
    let forms = given.map(spelling.corrected)
    let alignment = WordAlignment(forms, encoder)
    let marked = try MarkedTexts()
    let marks = marked.marks(forms)
    let near = encoder.vectors(of: forms).neighbours(
      of: 0..<forms.count, amongFirst: candidates, limit: Self.neighbours, floor: Self.leastCosine, progress: progress)
    let covers = SharedArray<[Edge]>(count: forms.count, [])
    let blocks = ranges(of: forms.count, size: 1_024)
    inParallel(blocks.count) { block in
      for question in blocks[block] {
        covers[question] = near[question].compactMap { neighbour in
          let candidate = Int(neighbour.index)
          let share = alignment.share(question, candidate)
          let cover = min(1, ((neighbour.cosine + share) / 2 - Self.none) / (Self.all - Self.none))
          guard cover > 0, !Self.contradict(marks[question], marks[candidate]) else { return nil }
          // Edges carry the candidate here; they are turned round below.
          return Edge(question: neighbour.index, cover: cover)
        }
      }
    }
    var served = (0..<candidates).map { [Edge(question: Int32($0), cover: 1)] }
    for question in forms.indices {
      for edge in covers[question] {
        served[Int(edge.question)].append(Edge(question: Int32(question), cover: edge.cover))
      }
    }
    self.served = served
  }

  private static func contradict(_ first: [UInt8], _ second: [UInt8]) -> Bool {
    guard !first.isEmpty, !second.isEmpty else { return false }
    return first.withBytes { left in
      second.withBytes { VetoRule.conflicts(QuestionMarks(left), QuestionMarks($0), slots: .none).rawValue != 0 }
    }
  }
}
