import BundleFormat

/// The head of a patch: which bundle it starts from and which it makes. `spec/v1/patch-format.md` describes the file.
struct PatchHeader: Equatable {
  /// The size of the header in bytes.
  static let size = 128
  /// The first eight bytes: 0x89, `ALMPT`, CR, LF.
  static let magic: UInt64 = 0x0A0D_5450_4D4C_4189
  /// The version of the format that this code reads and writes.
  static let major: UInt16 = 1

  /// The length of the LMDB parts of the bundles, in bytes.
  var oldLength: UInt64
  var newLength: UInt64
  /// The roots of their hash trees.
  var oldRoot: Digest
  var newRoot: Digest
  /// The number of pieces that the new LMDB part is cut into.
  var pieceCount: UInt32
  /// The length in bytes of the zstd frame of the new footer, which follows the header.
  var footerFrameLength: UInt32

  init(old: Footer, new: Footer, pieceCount: UInt32, footerFrameLength: UInt32) {
    oldLength = old.dataLength
    newLength = new.dataLength
    oldRoot = old.root
    newRoot = new.root
    self.pieceCount = pieceCount
    self.footerFrameLength = footerFrameLength
  }

  /// Reads the header at the start of `bytes`.
  ///
  /// - Throws: `PatchError` if it is none of this version.
  init(_ bytes: Bytes) throws(PatchError) {
    guard let magic: UInt64 = bytes.integer(at: 0), magic == Self.magic else { throw .notAPatch }
    guard let major: UInt16 = bytes.integer(at: 8), major == Self.major else {
      throw .unsupportedVersion(bytes.integer(at: 8) ?? 0)
    }
    guard let pieceCount: UInt32 = bytes.integer(at: 12), let oldLength: UInt64 = bytes.integer(at: 16),
      let newLength: UInt64 = bytes.integer(at: 24), let oldRoot = Digest(bytes, at: 32),
      let newRoot = Digest(bytes, at: 64), let footerFrameLength: UInt32 = bytes.integer(at: 96),
      bytes.count >= Self.size, VerityGeometry(dataLength: oldLength) != nil,
      VerityGeometry(dataLength: newLength) != nil
    else { throw .damaged }
    self.pieceCount = pieceCount
    self.oldLength = oldLength
    self.newLength = newLength
    self.oldRoot = oldRoot
    self.newRoot = newRoot
    self.footerFrameLength = footerFrameLength
  }

  /// The 128 bytes of the header.
  var encoded: [UInt8] {
    var bytes: [UInt8] = []
    bytes.append(littleEndian: Self.magic)
    bytes.append(littleEndian: Self.major)
    bytes.append(littleEndian: UInt16(0))
    bytes.append(littleEndian: pieceCount)
    bytes.append(littleEndian: oldLength)
    bytes.append(littleEndian: newLength)
    bytes.append(contentsOf: oldRoot.encoded)
    bytes.append(contentsOf: newRoot.encoded)
    bytes.append(littleEndian: footerFrameLength)
    bytes.pad(to: Self.size)
    return bytes
  }
}

/// One piece of the new LMDB part, and which bytes of the old one its frame refers to.
struct PatchPiece: Equatable {
  /// The size of a record in bytes.
  static let size = 32
  /// The most bytes of new data in a piece.
  static let maximumLength = 64 << 20
  /// The most bytes of old data that a piece refers to.
  static let maximumReference = 256 << 20

  /// Where the old bytes begin in the old LMDB part, and how many they are.
  var oldOffset: UInt64
  var oldLength: UInt64
  /// The number of bytes of new data.
  var newLength: UInt64
  /// The length of the zstd frame in bytes.
  var frameLength: UInt64

  init(oldOffset: UInt64, oldLength: UInt64, newLength: UInt64, frameLength: UInt64) {
    self.oldOffset = oldOffset
    self.oldLength = oldLength
    self.newLength = newLength
    self.frameLength = frameLength
  }

  /// Reads the record at `offset`; `nil` if it lies outside `bytes` or breaks the limits.
  init?(_ bytes: Bytes, at offset: Int) {
    guard let oldOffset: UInt64 = bytes.integer(at: offset), let oldLength: UInt64 = bytes.integer(at: offset + 8),
      let newLength: UInt64 = bytes.integer(at: offset + 16), let frameLength: UInt64 = bytes.integer(at: offset + 24),
      newLength > 0, newLength <= UInt64(Self.maximumLength), oldLength <= UInt64(Self.maximumReference),
      oldOffset <= UInt64(Int64.max) - oldLength, frameLength > 0, frameLength <= UInt64(2 * Self.maximumLength)
    else { return nil }
    self.init(oldOffset: oldOffset, oldLength: oldLength, newLength: newLength, frameLength: frameLength)
  }

  /// The 32 bytes of the record.
  var encoded: [UInt8] {
    var bytes: [UInt8] = []
    for field in [oldOffset, oldLength, newLength, frameLength] { bytes.append(littleEndian: field) }
    return bytes
  }

  /// How a new LMDB part of `newLength` bytes is cut, each piece with old bytes around its own place, all of them where the
  /// old part is small. Frame lengths are still zero.
  static func plan(oldLength: UInt64, newLength: UInt64) -> [PatchPiece] {
    var pieces: [PatchPiece] = []
    var start: UInt64 = 0
    while start < newLength {
      let length = min(newLength - start, UInt64(maximumLength))
      let reference = min(oldLength, UInt64(maximumReference))
      // What changes least comes first in a bundle, so a place moves by the little that was added before it.
      let margin = (UInt64(maximumReference) - UInt64(maximumLength)) / 2
      let first = min(start > margin ? start - margin : 0, oldLength - reference)
      pieces.append(PatchPiece(oldOffset: first, oldLength: reference, newLength: length, frameLength: 0))
      start += length
    }
    return pieces
  }
}
