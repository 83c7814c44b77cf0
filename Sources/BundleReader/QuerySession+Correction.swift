import BundleFormat
import CKernels

/// Misspelt words of the last query and what they counted as.
extension QuerySession {
  /// The number of words of the last query that counted as a stored word one slip away.
  public var correctionCount: Int { corrector.count }

  /// Such a word as it was typed and as it counted; `nil` if `index` is not below `correctionCount`. Valid until the next
  /// query.
  public func correction(_ index: Int) -> (typed: Bytes, meant: Bytes)? { corrector.correction(index) }

  /// The share of the last query's words that the bundle knows, by bytes, in units of 1/65,536; `nil` if it was not
  /// asked for. Below three fifths the query is in another language and is not answered by its meaning.
  public var knownShare: Int64? {
    corrector.wordBytes > 0 ? Int64(corrector.knownBytes) * Cosine.one / Int64(corrector.wordBytes) : nil
  }

  /// What is encoded and compared: `text` with its misspelt words put right. Valid until the next query.
  mutating func corrected(_ text: Bytes) throws(BundleError) -> Bytes {
    guard let words = try BundleWords(bundle) else { return text }
    var pieces = BundlePieces(bundle: bundle.base?.bundle ?? bundle)
    try corrector.correct(text, words: words, pieces: &pieces)
    return corrector.corrected
  }

  /// What the candidates of the last search must agree with: `coreText`, with its misspelt words put right if it was
  /// encoded. Valid until the next query.
  var comparedText: Bytes { corrector.wordBytes > 0 ? corrector.corrected : coreText }
}

/// The bundle's stored words, as the corrector asks for them.
struct BundleWords: WordLookup {
  private let verity: VerityTree
  private let table: Bytes
  private let offset: Int
  private let slots: Int

  /// The words of `bundle`, or `nil` if it has none.
  ///
  /// - Throws: `malformedSection` if the table is in more than one segment.
  init?(_ bundle: Bundle) throws(BundleError) {
    slots = bundle.count(.wordTable)
    guard slots > 0 else { return nil }
    guard let place = bundle.unchecked(.wordTable) else { throw .malformedSection(.wordTable) }
    verity = bundle.verity
    table = place.bytes
    offset = place.offset
  }

  func find(
    _ hashes: borrowing FixedBuffer<UInt64>, count: Int, questions: inout FixedBuffer<UInt32>
  ) throws(BundleError) {
    // Without a reference of its own the loop would count references at every step.
    let verity = verity
    // Slots are all over the table, so the processor is asked for all of them first.
    for index in 0..<count {
      let slot = HashTable.firstSlot(hashes[index], slots: slots)
      if let bytes = table.slice(slot * HashTable.slotSize, HashTable.slotSize) {
        unsafe almanac_prefetch(bytes.unsafeStart, bytes.count)
      }
    }
    for index in 0..<count { questions[index] = try find(hashes[index], verity) }
  }

  @inline(__always)
  private func find(_ hash: UInt64, _ verity: VerityTree) throws(BundleError) -> UInt32 {
    var slot = HashTable.firstSlot(hash, slots: slots)
    for _ in 0..<min(slots, HashTable.maximumProbes) {
      guard slot < slots,
        let value: UInt64 = try verity.bytes(offset: offset + slot * HashTable.slotSize, length: HashTable.slotSize)?
          .integer(at: 0)
      else { break }
      let questions = UInt32(truncatingIfNeeded: value >> 32)
      if questions == HashTable.empty || UInt32(truncatingIfNeeded: value) == HashTable.tag(hash) { return questions }
      slot = (slot + 1) & (slots - 1)
    }
    throw .malformedSection(.wordTable)
  }
}
