import BundleFormat

/// A patch that has been read: its digest is right and its parts fill it.
struct OpenedPatch {
  /// The file.
  let file: MappedFile
  /// Its header.
  let header: PatchHeader
  /// The frame of the new footer.
  let footerFrame: Bytes
  /// The pieces in order, each with its frame.
  let pieces: [(piece: PatchPiece, frame: Bytes)]

  /// Opens the patch at `path`. Reads all of it once.
  ///
  /// - Throws: `WriteError` if it is no patch, of another version, or damaged.
  init(path: String) throws(WriteError) {
    file = try MappedFile(path: path)
    do throws(PatchError) {
      (header, footerFrame, pieces) = try Self.parts(file.bytes)
    } catch {
      throw WriteError("\(path) is refused: \(error)")
    }
  }

  /// Checks that the patch starts from the bundle at `path`.
  ///
  /// - Throws: `WriteError` that names both roots.
  func checkBase(_ root: Digest, length: UInt64, path: String) throws(WriteError) {
    if root == header.oldRoot, length == header.oldLength { return }
    if root == header.newRoot { throw WriteError("\(path) is what \(file.path) makes already; there is nothing to do") }
    throw WriteError(
      "\(file.path) starts from the bundle with root \(header.oldRoot.hexadecimal), and \(path) has "
        + "\(root.hexadecimal); take the patch made for this bundle, or fetch the new one whole")
  }

  /// The error for a result that is not what the patch promises.
  func mismatch(_ old: String) -> WriteError {
    WriteError(
      "\(file.path) over \(old) does not give the bundle with root \(header.newRoot.hexadecimal); "
        + "check \(old) with `almanac verify`, or fetch the new bundle whole")
  }

  private static func parts(
    _ bytes: Bytes
  ) throws(PatchError) -> (PatchHeader, Bytes, [(piece: PatchPiece, frame: Bytes)]) {
    let header = try PatchHeader(bytes)
    guard bytes.count > PatchHeader.size + Digest.size, let body = bytes.slice(0, bytes.count - Digest.size),
      Digest(bytes, at: body.count) == Digest(of: body, for: .patch)
    else { throw .damaged }
    var place = PatchHeader.size
    guard let footerFrame = body.slice(place, Int(header.footerFrameLength)) else { throw .damaged }
    place += footerFrame.count
    let table = Int(header.pieceCount) * PatchPiece.size
    guard let records = body.slice(place, table) else { throw .damaged }
    place += table
    var pieces: [(piece: PatchPiece, frame: Bytes)] = []
    var length: UInt64 = 0
    for index in 0..<Int(header.pieceCount) {
      guard let piece = PatchPiece(records, at: index * PatchPiece.size),
        let frame = body.slice(place, Int(piece.frameLength)), piece.oldOffset + piece.oldLength <= header.oldLength
      else { throw .damaged }
      place += frame.count
      length += piece.newLength
      pieces.append((piece, frame))
    }
    guard place == body.count, length == header.newLength else { throw .damaged }
    return (header, footerFrame, pieces)
  }
}
