import BundleFormat
import Glibc

/// Puts a hash tree and a footer behind an LMDB part, as the format description says and without the compiler's own writer.
public enum SealedBundle {
  private static let chunk = 4096
  private static let fanOut = 128

  /// The digest of a chunk of data (level 0) or of a block.
  public static func digest(_ bytes: ArraySlice<UInt8>, level: UInt8, index: Int) -> [UInt8] {
    Array(bytes).withBytes { Digest(of: $0, for: .chunk(level: level, index: UInt64(index))) }.encoded
  }

  /// The levels of blocks over `data`, the lowest first. `change` may alter each before the next is made of it.
  ///
  /// - Parameter good: a whole bundle; chunks that are as in this have the digests that stand there.
  static func tree(over data: [UInt8], like good: [UInt8] = [], change: (inout [UInt8], Int) -> Void) -> (
    blocks: [UInt8], levels: Int, root: [UInt8]
  ) {
    var blocks: [UInt8] = []
    var level = 0
    var below = digests(of: data, like: good)
    repeat {
      level += 1
      below += [UInt8](repeating: 0, count: (chunk - below.count % chunk) % chunk)
      change(&below, level)
      blocks += below
      below = digests(of: below, level: UInt8(level))
    } while below.count > Digest.size
    return (blocks, level, below)
  }

  /// The bytes of a file over an LMDB part, whatever that holds.
  public static func file(over data: [UInt8]) -> [UInt8] {
    let (blocks, levels, root) = tree(over: data) { _, _ in }
    return data + blocks
      + footer(dataLength: data.count, treeLength: blocks.count, levels: levels, root: root) { _ in }
  }

  private static func digests(of data: [UInt8], like good: [UInt8]) -> [UInt8] {
    var digests: [UInt8] = []
    let known =
      good.isEmpty ? 0 : good.withBytes { Int($0.integer(at: good.count - Footer.size + 16, as: UInt64.self) ?? 0) }
    for start in stride(from: 0, to: data.count, by: chunk) {
      let end = min(start + chunk, data.count)
      let isKnown =
        unsafe end <= known
        && data.withUnsafeBytes { data in
          unsafe good.withUnsafeBytes {
            unsafe memcmp(data.baseAddress! + start, $0.baseAddress! + start, end - start) == 0
          }
        }
      let digest = known + start / chunk * Digest.size
      digests +=
        isKnown
        ? Array(good[digest..<digest + Digest.size]) : self.digest(data[start..<end], level: 0, index: start / chunk)
    }
    return digests
  }

  private static func digests(of bytes: [UInt8], level: UInt8) -> [UInt8] {
    var digests: [UInt8] = []
    for index in 0..<(bytes.count + chunk - 1) / chunk {
      digests += digest(bytes[index * chunk..<min((index + 1) * chunk, bytes.count)], level: level, index: index)
    }
    return digests
  }

  /// The bytes of a footer whose digest fits what `change` made of it.
  static func footer(
    dataLength: Int, treeLength: Int, levels: Int, root: [UInt8], change: (inout [UInt8]) -> Void
  ) -> [UInt8] {
    var bytes: [UInt8] = []
    bytes.append(littleEndian: Footer.magic)
    bytes.append(littleEndian: BundleVersion.major)
    bytes.append(littleEndian: BundleVersion.minor)
    bytes.append(littleEndian: UInt16(1))
    bytes += [12, UInt8(levels)]
    bytes.append(littleEndian: UInt64(dataLength))
    bytes.append(littleEndian: UInt64(treeLength))
    bytes += root
    bytes.append(littleEndian: UInt64(1))
    bytes.append(littleEndian: Int64.max)
    bytes.pad(to: 4064)
    change(&bytes)
    return bytes + bytes.withBytes { Digest(of: $0, for: .footer) }.encoded
  }
}
