import BundleFormat
import Glibc

/// The parts of a bundle file as a patch sees them: data, hash tree, footer.
struct SealedBundle {
  /// The file.
  let file: MappedFile
  /// What its footer says.
  let footer: Footer
  /// The LMDB part.
  let data: Bytes
  /// The hash tree.
  let tree: Bytes
  /// The last 4,096 bytes.
  let footerBytes: Bytes

  /// Opens the bundle at `path` and reads its footer. Constant work.
  ///
  /// - Throws: `WriteError` if it is no bundle that this version knows.
  init(path: String) throws(WriteError) {
    let file = try MappedFile(path: path)
    let bytes = file.bytes
    guard let last = bytes.slice(bytes.count - Footer.size, Footer.size) else {
      throw WriteError("\(path) is not a bundle: it has only \(bytes.count) bytes")
    }
    do throws(BundleError) {
      footer = try Footer(last, fileLength: UInt64(bytes.count))
    } catch {
      throw WriteError("\(path) is refused: \(error)")
    }
    let dataLength = Int(footer.dataLength)
    guard let data = bytes.slice(0, dataLength),
      let tree = bytes.slice(dataLength, bytes.count - dataLength - Footer.size)
    else { throw WriteError("\(path) is refused: \(BundleError.footerDamaged)") }
    self.file = file
    self.data = data
    self.tree = tree
    footerBytes = last
  }

  /// Checks that every byte is as it was written, by computing the hash tree anew.
  ///
  /// - Throws: `WriteError` if the file is damaged.
  func check() throws {
    let descriptor = open(file.path, O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else { throw WriteError.system("open", path: file.path, code: errno) }
    defer { close(descriptor) }
    defer { withExtendedLifetime(file) {} }
    let built = try VerityTreeBuilder(descriptor: descriptor, path: file.path, dataLength: footer.dataLength)
    guard built.root == footer.root, built.blocks.withBytes({ $0.equals(tree) }) else {
      throw WriteError("\(file.path) is damaged; `almanac verify` lists where, fetch it again")
    }
  }
}
