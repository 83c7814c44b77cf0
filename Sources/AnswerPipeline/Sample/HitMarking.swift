import BundleCompiler

/// A sample of hits while a person marks it: shows what is still open, and keeps each mark at once.
public struct HitMarking {
  /// A hit that nobody has marked yet.
  public struct Open: Sendable {
    /// Its place among the queries, counted from 1, and how many there are.
    public let place: Int
    public let count: Int
    public let query: String
    public let question: String
    public let entry: String
    public let answer: String
  }

  /// What a person says of a hit.
  public enum Mark: String, Sendable { case right, wrong, unsure }

  private let path: String
  private var sample: MarkedHits
  private var current: Int?

  /// Reads the sample at `path`.
  ///
  /// - Throws: `InputError` for a file that `sample` cannot have written.
  public init(_ path: String) throws {
    self.path = path
    sample = try MarkedHits(path: path)
    current = sample.hits.firstIndex { $0.mark == nil }
  }

  /// The first hit without a mark; `nil` if all are marked.
  public var open: Open? {
    current.map { place in
      let hit = sample.hits[place]
      return Open(
        place: place + 1, count: sample.hits.count, query: hit.query, question: hit.question, entry: hit.entry,
        answer: hit.answer)
    }
  }

  /// The numbers of queries that are marked, by mark, and of those that are open.
  public var counts: (right: Int, wrong: Int, unsure: Int, open: Int) {
    func count(_ mark: MarkedHits.Mark?) -> Int { sample.hits.count { $0.mark == mark } }
    return (count(.right), count(.wrong), count(.unsure), count(nil))
  }

  /// Marks the open hit, and writes the sample, so that nothing is lost if the person stops here.
  ///
  /// - Throws: `OutputError`; then the mark does not count.
  public mutating func mark(_ mark: Mark) throws {
    guard let current else { return }
    sample.hits[current].mark = MarkedHits.Mark(rawValue: mark.rawValue)
    try HitSampleFile.write(sample, to: path)
    self.current = sample.hits.firstIndex { $0.mark == nil }
  }
}
