import BundleFormat
import Glibc

/// Makes and applies patches: what turns one bundle into another, byte for byte.
///
/// The patch holds the new LMDB part as zstd frames over the old one, and the new footer with its signature. The hash tree is
/// left out, since it follows from the data.
public enum BundlePatch {
  /// What a patch does, for the closing line.
  public struct Report: Sendable {
    /// The roots of the two bundles, hexadecimal.
    public var oldRoot: String
    public var newRoot: String
    /// The lengths of the bundles and of the patch, in bytes.
    public var oldBytes: Int
    public var newBytes: Int
    public var patchBytes: Int
  }

  /// Writes the patch that turns the bundle at `old` into the one at `new` to `output`, whole or not at all.
  ///
  /// Both bundles are checked first. Memory: about 300 MiB, whatever their size, besides the mapped files.
  /// - Parameter progress: Told how many bytes of the new bundle are done.
  /// - Throws: `WriteError` if one is no bundle, is damaged, or the patch cannot be written.
  public static func make(
    old oldPath: String, new newPath: String, output: String, progress: (Int, Int) -> Void
  ) throws -> Report {
    let old = try SealedBundle(path: oldPath)
    let new = try SealedBundle(path: newPath)
    // Windows on a mapping do not keep it.
    defer { withExtendedLifetime((old, new)) {} }
    try old.check()
    try new.check()
    let publisher = try BundlePublisher(target: output)
    defer { publisher.discard() }
    try publisher.check(isNone: [oldPath, newPath])
    let file = try OutputDescriptor(path: publisher.temporary)
    let compressor = try ReferenceCompressor()
    let footer = Array(try compressor.compress(new.footerBytes, reference: nil))
    var pieces = PatchPiece.plan(oldLength: old.footer.dataLength, newLength: new.footer.dataLength)
    let header = PatchHeader(
      old: old.footer, new: new.footer, pieceCount: UInt32(pieces.count), footerFrameLength: UInt32(footer.count))
    var place = UInt64(PatchHeader.size + footer.count + pieces.count * PatchPiece.size)
    var start = 0
    for index in pieces.indices {
      let length = Int(pieces[index].newLength)
      guard let content = new.data.slice(start, length),
        let reference = old.data.slice(Int(pieces[index].oldOffset), Int(pieces[index].oldLength))
      else { throw WriteError("\(newPath) changed meanwhile; make the patch again") }
      let frame = try compressor.compress(content, reference: reference)
      pieces[index].frameLength = UInt64(frame.count)
      try file.write(frame, at: place)
      place += UInt64(frame.count)
      start += length
      progress(start, new.data.count)
    }
    try file.write((header.encoded + footer + pieces.flatMap(\.encoded))[...], at: 0)
    let written = try MappedFile(path: publisher.temporary)
    let digest = withExtendedLifetime(written) { Digest(of: written.bytes, for: .patch) }
    try file.write(digest.encoded[...], at: place)
    try file.finish(mode: 0o644)
    try publisher.publish()
    return report(header, old: old.file.bytes.count, new: new.file.bytes.count, patch: Int(place) + Digest.size)
  }

  /// Applies the patch at `path` to the bundle at `old` and puts the result at `output`: checked against its root before it
  /// takes the place of what was there.
  ///
  /// Memory: about 64 MiB, whatever the size of the bundles, besides the mapped files.
  /// - Parameter progress: Told how many bytes of the new bundle are done.
  /// - Throws: `WriteError` if the patch is damaged or made for another bundle, or the result cannot be written. What was at
  ///   `output` is untouched then.
  public static func apply(
    old oldPath: String, patch path: String, output: String, progress: (Int, Int) -> Void
  ) throws -> Report {
    let patch = try OpenedPatch(path: path)
    let old = try SealedBundle(path: oldPath)
    defer { withExtendedLifetime((old, patch)) {} }
    try patch.checkBase(old.footer.root, length: old.footer.dataLength, path: oldPath)
    let decompressor = try ReferenceDecompressor()
    guard let restored = decompressor.decompress(patch.footerFrame, reference: nil, length: Footer.size) else {
      throw patch.mismatch(oldPath)
    }
    let footerBytes = Array(restored)
    let newLength = Int(patch.header.newLength)
    let publisher = try BundlePublisher(target: output)
    defer { publisher.discard() }
    try publisher.check(isNone: [path])
    let file = try OutputDescriptor(path: publisher.temporary)
    var start = 0
    for (piece, frame) in patch.pieces {
      guard let reference = old.data.slice(Int(piece.oldOffset), Int(piece.oldLength)),
        let content = decompressor.decompress(frame, reference: reference, length: Int(piece.newLength))
      else { throw patch.mismatch(oldPath) }
      try file.write(content, at: UInt64(start))
      start += content.count
      progress(start, newLength)
    }
    let tree = try VerityTreeBuilder(
      descriptor: file.number, path: publisher.temporary, dataLength: patch.header.newLength)
    let length = newLength + tree.blocks.count + Footer.size
    guard tree.root == patch.header.newRoot,
      let footer = footerBytes.withBytes({ try? Footer($0, fileLength: UInt64(length)) }), footer.root == tree.root
    else { throw patch.mismatch(oldPath) }
    try file.write(tree.blocks[...], at: UInt64(newLength))
    try file.write(footerBytes[...], at: UInt64(newLength + tree.blocks.count))
    try file.finish(mode: 0o444)
    try publisher.publish()
    return report(patch.header, old: old.file.bytes.count, new: length, patch: patch.file.bytes.count)
  }

  private static func report(_ header: PatchHeader, old: Int, new: Int, patch: Int) -> Report {
    Report(
      oldRoot: header.oldRoot.hexadecimal, newRoot: header.newRoot.hexadecimal, oldBytes: old, newBytes: new,
      patchBytes: patch)
  }
}
