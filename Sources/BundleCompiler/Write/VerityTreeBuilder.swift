import BundleFormat
import Glibc

/// Computes the hash tree over the first bytes of a file.
struct VerityTreeBuilder {
  /// The blocks of all levels in file order.
  let blocks: [UInt8]
  /// The digest of the last level's only block.
  let root: Digest

  private static let readSize = 1 << 20

  /// Hashes `dataLength` bytes of an open file, a whole number of chunks. Memory: 1/128 of the data and one megabyte.
  ///
  /// - Throws: `WriteError` if the file cannot be read.
  init(descriptor: Int32, path: String, dataLength: UInt64) throws {
    guard let geometry = VerityGeometry(dataLength: dataLength) else {
      throw WriteError("\(path) has \(dataLength) bytes of data, which no hash tree covers; split the bundle")
    }
    var level: [UInt8] = []
    level.reserveCapacity(Int(geometry.chunkCount) * Digest.size)
    var buffer = [UInt8](repeating: 0, count: Self.readSize)
    var chunk: UInt64 = 0
    while chunk < geometry.chunkCount {
      let wanted = min(Self.readSize, Int(geometry.chunkCount - chunk) * VerityGeometry.chunkSize)
      try Self.read(into: &buffer, count: wanted, from: descriptor, at: chunk * 4096, path: path)
      level.append(contentsOf: Self.digests(of: buffer, count: wanted, level: 0, first: chunk))
      chunk += UInt64(wanted / VerityGeometry.chunkSize)
    }
    var blocks: [UInt8] = []
    for number in 1...geometry.levels {
      level.pad(toMultipleOf: VerityGeometry.chunkSize)
      blocks.append(contentsOf: level)
      level = Self.digests(of: level, count: level.count, level: UInt8(number), first: 0)
    }
    self.blocks = blocks
    guard let root = level.withBytes({ Digest($0, at: 0) }) else {
      throw WriteError("the hash tree of \(path) has no root; report this")
    }
    self.root = root
  }

  private static func digests(of bytes: [UInt8], count: Int, level: UInt8, first: UInt64) -> [UInt8] {
    bytes.withBytes { bytes in
      var digests: [UInt8] = []
      for index in 0..<(count / VerityGeometry.chunkSize) {
        guard let chunk = bytes.slice(index * VerityGeometry.chunkSize, VerityGeometry.chunkSize) else { break }
        digests.append(
          contentsOf: Digest(of: chunk, for: .chunk(level: level, index: first + UInt64(index))).encoded)
      }
      return digests
    }
  }

  private static func read(
    into buffer: inout [UInt8], count: Int, from descriptor: Int32, at start: UInt64, path: String
  ) throws {
    var done = 0
    while done < count {
      let part = buffer.withUnsafeMutableBytes { buffer in
        pread(descriptor, buffer.baseAddress! + done, count - done, off_t(start) + off_t(done))
      }
      if part < 0, errno == EINTR { continue }
      guard part > 0 else { throw WriteError.system("read back", path: path, code: part < 0 ? errno : EIO) }
      done += part
    }
  }
}
