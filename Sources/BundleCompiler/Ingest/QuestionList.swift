/// The stored questions of a compile, each part of them in memory of its own, since there may be millions.
struct QuestionList: RandomAccessCollection, Sendable {
  /// The wordings.
  private(set) var texts = TextList()
  private var owners: [QuestionOwner] = []
  private var origins: [WordingOrigin] = []
  private var embeddingRows: [UInt32?] = []

  /// No questions.
  init() {}

  var startIndex: Int { 0 }
  var endIndex: Int { owners.count }

  /// The question at `index`.
  subscript(index: Int) -> QuestionInput {
    QuestionInput(
      text: texts[index], owner: owners[index], origin: origins[index], embeddingRow: embeddingRows[index])
  }

  /// Whom the question at `index` belongs to.
  func owner(_ index: Int) -> QuestionOwner { owners[index] }

  /// Where the question at `index` comes from.
  func origin(_ index: Int) -> WordingOrigin { origins[index] }

  /// The row of the question at `index` in the given embeddings; `nil` if it has none.
  func embeddingRow(_ index: Int) -> UInt32? { embeddingRows[index] }

  /// Gives the question at `index` to another owner.
  mutating func setOwner(_ index: Int, _ owner: QuestionOwner) { owners[index] = owner }

  /// Adds a question at the end.
  mutating func append(_ question: QuestionInput) {
    texts.append(question.text)
    owners.append(question.owner)
    origins.append(question.origin)
    embeddingRows.append(question.embeddingRow)
  }

  /// Adds all questions of another list at the end.
  mutating func append(_ others: QuestionList) {
    texts.append(others.texts)
    owners += others.owners
    origins += others.origins
    embeddingRows += others.embeddingRows
  }

  /// Makes room for `count` more questions.
  mutating func reserve(_ count: Int) {
    texts.reserve(count)
    owners.reserveCapacity(owners.count + count)
    origins.reserveCapacity(origins.count + count)
    embeddingRows.reserveCapacity(embeddingRows.count + count)
  }
}
