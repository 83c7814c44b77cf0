/// `layer/base`: which bundle a layer lies over. A bundle with this section is a layer and answers only together with that one.
public struct LayerRecord: Equatable, Sendable {
  /// The size of the section in bytes.
  public static let size = 64

  /// The root of the base's hash tree.
  public var root: Digest
  /// The numbers of ordinals of the base's entries, questions and distractors. In the pair they follow the layer's own.
  public var entryCount, questionCount, distractorCount: UInt32

  public init(root: Digest, entryCount: UInt32, questionCount: UInt32, distractorCount: UInt32) {
    self.root = root
    self.entryCount = entryCount
    self.questionCount = questionCount
    self.distractorCount = distractorCount
  }

  /// Reads the section, or `nil` if it is short.
  public init?(_ bytes: Bytes) {
    guard bytes.count >= Self.size, let root = Digest(bytes, at: 0), let entryCount: UInt32 = bytes.integer(at: 32),
      let questionCount: UInt32 = bytes.integer(at: 36), let distractorCount: UInt32 = bytes.integer(at: 40)
    else { return nil }
    self.init(
      root: root, entryCount: entryCount, questionCount: questionCount, distractorCount: distractorCount)
  }

  /// The 64 bytes of the section.
  public var encoded: [UInt8] {
    var bytes = root.encoded
    for count in [entryCount, questionCount, distractorCount] { bytes.append(littleEndian: count) }
    bytes.pad(to: Self.size)
    return bytes
  }
}

/// `layer/replaced`: one bit for each ordinal of the base's entries, set if the layer replaces or withdraws the entry.
public enum ReplacedEntries {
  /// The size of an element in bytes: 64 bits, the lowest ordinal in the lowest bit.
  public static let wordSize = 8

  /// The number of elements for a base with `entries` ordinals.
  public static func wordCount(entries: Int) -> Int { (entries + 63) / 64 }

  /// The bytes of the section.
  public static func encode(_ ordinals: [UInt32], entries: Int) -> [UInt8] {
    var words = [UInt64](repeating: 0, count: wordCount(entries: entries))
    for ordinal in ordinals where Int(ordinal) < entries { words[Int(ordinal / 64)] |= 1 << UInt64(ordinal % 64) }
    var bytes: [UInt8] = []
    for word in words { bytes.append(littleEndian: word) }
    return bytes
  }
}
