import BundleFormat

/// BLAKE2b-256 of whole files, as `b2sum -l 256` prints it.
package enum FileDigest {
  /// The digest of the file at `path`, as 64 lower-case hexadecimal digits.
  ///
  /// - Throws: `InputError` if it cannot be read.
  package static func of(_ path: String) throws(InputError) -> String {
    let file = try InputFile(path: path)
    let digest = ContentDigest()
    let buffer = InputBuffer(capacity: 1 << 20)
    var offset = 0
    while offset < file.size {
      let count = try buffer.fill(from: file, at: offset, count: min(1 << 20, file.size - offset))
      guard count > 0 else { break }
      digest.add(buffer.window(0, count))
      offset += count
    }
    return digest.hexadecimal()
  }
}
