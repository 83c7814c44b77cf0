import BundleFormat
import BundleReader

/// Which chunks of a bundle's file are bad, and what lived there.
public struct DamageReport {
  /// One bad chunk of 4,096 bytes.
  public struct Chunk {
    /// Its index from the start of the file.
    public let index: UInt64
    /// What lies there.
    public let place: FileSurvey.Place
    /// Whether it is known to be bad. If not, the block of the hash tree with its digest is, so that a reader refuses it as well.
    public let isKnownBad: Bool
    /// The ordinals of the entries whose record, texts, answer or vector lie there, in order.
    public internal(set) var entries: [Int] = []
    /// The ordinals of the stored questions whose record, wording or vector lie there, in order.
    public internal(set) var questions: [Int] = []
  }

  /// The bad chunks in the order of the file.
  public private(set) var chunks: [Chunk]
  private let survey: FileSurvey

  /// Checks every chunk of a file and finds out what lay in the bad ones. Linear in the file.
  public init(_ survey: FileSurvey) {
    self.survey = survey
    var bad: [UInt64] = []
    _ = survey.check { bad.append($0) }
    chunks = bad.sorted().map {
      Chunk(index: $0, place: survey.place(of: $0), isKnownBad: survey.canBeChecked($0))
    }
    if !chunks.isEmpty {
      findEntries()
      findQuestions()
    }
  }

  /// The id of an entry; `nil` if that lies in a bad chunk itself.
  public func entryID(_ ordinal: Int) -> String? {
    guard let record = survey.element(.entryRecords, ordinal).flatMap({ EntryRecord($0) }),
      let id = survey.blob(.entryText, address: record.textAddress, length: Int(record.idLength))
    else { return nil }
    return String(decoding: id.copied, as: UTF8.self)
  }

  /// The wording of a stored question; `nil` if that lies in a bad chunk itself.
  public func questionText(_ ordinal: Int) -> String? {
    guard let record = survey.element(.questionRecords, ordinal).flatMap({ QuestionRecord($0) }),
      let text = survey.blob(.questionText, address: record.textAddress, length: Int(record.textLength))
    else { return nil }
    return String(decoding: text.copied, as: UTF8.self)
  }

  private mutating func findEntries() {
    for name in [SectionName.entryRecords, .entryVectors, .entryVectorScales, .entryCoreRuns] {
      for place in damage(in: name) { chunks[place.chunk].entries = Array(place.first...place.last) }
    }
    let answers = damage(in: .answerFrames)
    let texts = damage(in: .entryText)
    guard !answers.isEmpty || !texts.isEmpty else { return }
    for ordinal in 0..<survey.count(.entryRecords) {
      guard let record = survey.element(.entryRecords, ordinal).flatMap({ EntryRecord($0) }) else { continue }
      add(ordinal, to: \.entries, answers, record.answerAddress, Int(record.frameLength))
      let lengths = [record.idLength, record.sourceLength, record.scopeLength, record.usageLength]
      add(ordinal, to: \.entries, texts, record.textAddress, lengths.reduce(0) { $0 + Int($1) })
    }
  }

  private mutating func findQuestions() {
    for name in [SectionName.questionRecords, .questionMarkRecords] {
      for place in damage(in: name) { chunks[place.chunk].questions = Array(place.first...place.last) }
    }
    for place in damage(in: .indexVectors) {
      let stored = (place.first...place.last).compactMap { row in
        survey.element(.indexQuestions, row)?.integer(at: 0, as: UInt32.self).map { Int($0) }
      }
      chunks[place.chunk].questions = Array(Set(stored)).sorted()
    }
    let texts = damage(in: .questionText)
    guard !texts.isEmpty else { return }
    for ordinal in 0..<survey.count(.questionRecords) {
      guard let record = survey.element(.questionRecords, ordinal).flatMap({ QuestionRecord($0) }) else { continue }
      add(ordinal, to: \.questions, texts, record.textAddress, Int(record.textLength))
    }
  }

  // The bad chunks of a section in the order of their elements, or of a blob's addresses.
  private func damage(in name: SectionName) -> [(chunk: Int, first: Int, last: Int)] {
    chunks.indices.compactMap { index in
      guard case .section(name, _, let first?, let last?) = chunks[index].place else { return nil }
      return (index, Int(first), Int(last))
    }
  }

  private mutating func add(
    _ ordinal: Int, to list: WritableKeyPath<Chunk, [Int]>, _ damage: [(chunk: Int, first: Int, last: Int)],
    _ address: UInt64, _ length: Int
  ) {
    guard length > 0, let start = Int(exactly: address) else { return }
    // The first damage that does not end before the text begins.
    var low = 0
    var high = damage.count
    while low < high {
      let middle = (low + high) / 2
      if damage[middle].last < start { low = middle + 1 } else { high = middle }
    }
    while low < damage.count, damage[low].first < start + length {
      chunks[damage[low].chunk][keyPath: list].append(ordinal)
      low += 1
    }
  }
}
