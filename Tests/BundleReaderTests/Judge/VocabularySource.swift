import BundleFormat
import BundleReader
import TestSupport

/// A vocabulary and stored questions in memory, drawn at random, for a judge to ask.
final class VocabularySource: JudgeSource {
  static let stride = 64

  /// The pieces of each question, and the owner of each.
  private(set) var questions: [[UInt32]] = []
  private(set) var owners: [UInt32] = []
  let scales: [UInt16]
  let weights: [UInt16]
  /// The scales of entries' learned vectors; zero for none.
  let entryScales: [UInt32]
  private let rowMemory: FixedBuffer<Int8>
  private let entryMemory: FixedBuffer<Int8>
  private var runs: [UnsafeMutableRawPointer] = []

  /// Draws `pieces` pieces and vectors for `entries` entries, a third of which have none.
  init(pieces: Int, entries: Int, using random: inout SeededRandom) {
    var rows = FixedBuffer<Int8>(capacity: pieces * Self.stride)
    for index in 0..<rows.capacity { rows[index] = Int8.random(in: -127...127, using: &random) }
    rowMemory = rows
    var learned = FixedBuffer<Int8>(capacity: max(entries, 1) * Self.stride)
    for index in 0..<learned.capacity { learned[index] = Int8.random(in: -127...127, using: &random) }
    entryMemory = learned
    scales = (0..<pieces).map { _ in UInt16.random(in: 1...65_535, using: &random) }
    weights = (0..<pieces).map { _ in UInt16.random(in: 1...65_535, using: &random) }
    entryScales = (0..<entries).map { $0 % 3 == 1 ? 0 : UInt32.random(in: 1...60_000_000, using: &random) }
  }

  deinit { for run in runs { run.deallocate() } }

  /// Stores a question and returns its ordinal.
  @discardableResult
  func add(_ pieces: [UInt32], owner: UInt32) -> UInt32 {
    let memory = UnsafeMutableRawPointer.allocate(byteCount: max(4 * pieces.count, 1), alignment: 4)
    for (index, piece) in pieces.enumerated() {
      memory.storeBytes(of: piece.littleEndian, toByteOffset: 4 * index, as: UInt32.self)
    }
    runs.append(memory)
    questions.append(pieces)
    owners.append(owner)
    return UInt32(questions.count - 1)
  }

  /// The run of a question.
  func run(_ question: UInt32) -> Bytes {
    Bytes(start: UnsafeRawPointer(runs[Int(question)]), count: 4 * questions[Int(question)].count)
  }

  /// The number of wordings of an owner.
  func wordings(_ owner: UInt32) -> UInt32 { UInt32(owners.count { $0 == owner }) }

  /// The components of a piece's row.
  func row(_ piece: UInt32) -> [Int] { (0..<Self.stride).map { Int(rowMemory[Int(piece) * Self.stride + $0]) } }

  /// The components of an entry's learned vector.
  func learned(_ entry: UInt32) -> [Int] { (0..<Self.stride).map { Int(entryMemory[Int(entry) * Self.stride + $0]) } }

  func questionPieces(_ question: UInt32) throws(BundleError) -> QuestionPieces {
    guard question < questions.count else { throw .malformedSection(.questionPieceRuns) }
    return QuestionPieces(run: run(question), wordings: wordings(owners[Int(question)]))
  }

  func pieceRow(_ piece: UInt32) throws(BundleError) -> (row: Bytes, scale: UInt16) {
    guard piece < scales.count else { throw .malformedSection(.encoderPieceWeights) }
    let start = UnsafeRawPointer(rowMemory.unsafeStart + Int(piece) * Self.stride)
    return (Bytes(start: start, count: Self.stride), scales[Int(piece)])
  }

  func pieceWeight(_ piece: UInt32) throws(BundleError) -> UInt16 {
    guard piece < weights.count else { throw .malformedSection(.encoderPieceWeights) }
    return weights[Int(piece)]
  }

  /// The first pieces that at least a quarter of an owner's wordings have, with their number; none of fewer than three.
  func core(_ owner: UInt32) -> [(piece: UInt32, wordings: UInt32)] {
    let own = owners.indices.filter { owners[$0] == owner }.map { questions[$0] }
    guard own.count >= EntryCore.fewestWordings, owner & QuestionRecord.distractorFlag == 0 else { return [] }
    let counts = Set(own.joined()).sorted().map { piece in (piece, UInt32(own.count { $0.contains(piece) })) }
    return Array(counts.filter { 4 * Int($0.1) >= own.count }.prefix(EntryCore.capacity))
  }

  func fillCore(of owner: UInt32, _ core: inout EntryCore) throws(BundleError) {
    core.begin(wordings: Int(wordings(owner)))
    for (piece, wordings) in self.core(owner) { core.add(piece: piece, wordings: wordings) }
  }

  func learnedVector(_ owner: UInt32) throws(BundleError) -> (row: Bytes, scale: UInt32)? {
    guard owner & QuestionRecord.distractorFlag == 0, owner < entryScales.count, entryScales[Int(owner)] > 0 else {
      return nil
    }
    let start = UnsafeRawPointer(entryMemory.unsafeStart + Int(owner) * Self.stride)
    return (Bytes(start: start, count: Self.stride), entryScales[Int(owner)])
  }
}
