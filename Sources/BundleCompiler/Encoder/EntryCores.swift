import BundleFormat
import BundleReader

/// The cores of all entries; see `EntryCore`.
struct EntryCores: Sendable {
  /// The pieces of one core with the number of wordings that have each, those that say most first.
  typealias Core = [(piece: UInt32, wordings: UInt32)]

  /// The fewest wordings that make a core.
  static let fewestWordings = EntryCore.fewestWordings

  private let cores: [UInt32: Core]

  /// Finds the pieces that at least a quarter of an owner's wordings have; of more than a core can hold those with the greatest
  /// product of weight and share.
  ///
  /// - Parameter owners: The owner of each question, with owners taken as one that share a wording.
  init(_ texts: TokenizedTexts, owners: [UInt32], weights: [UInt16]) {
    var cores: [UInt32: Core] = [:]
    OwnerWordings(owners).visit { owner, own in
      guard owner & QuestionRecord.distractorFlag == 0, own.count >= Self.fewestWordings else { return }
      var counts: [Int32: UInt32] = [:]
      for question in own {
        for piece in Set(texts.pieces[texts.range(Int(question))]) { counts[piece, default: 0] += 1 }
      }
      let shared = counts.filter { 4 * Int($0.value) >= own.count }.map { (piece: UInt32($0.key), wordings: $0.value) }
      let ordered = shared.sorted { first, second in
        let left = UInt64(weights[Int(first.piece)]) * UInt64(first.wordings)
        let right = UInt64(weights[Int(second.piece)]) * UInt64(second.wordings)
        return left != right ? left > right : first.piece < second.piece
      }
      cores[owner] = Array(ordered.prefix(EntryCore.capacity))
    }
    self.cores = cores
  }

  /// The core of an owner; empty if it has too few wordings.
  func core(_ owner: UInt32) -> Core { cores[owner] ?? [] }

  /// The bytes of a core as a bundle stores it.
  static func encoded(_ core: Core) -> [UInt8] {
    var bytes: [UInt8] = []
    for element in core {
      bytes.append(littleEndian: element.piece)
      bytes.append(littleEndian: element.wordings)
    }
    return bytes
  }
}
