import BundleCompiler
import BundleFormat
import Foundation

/// Bundles that contradict themselves and yet carry a hash tree and a footer that fit: what somebody could make on purpose.
public enum ForgedBundle {
  /// Writes a bundle whose LMDB part is that of `good` after `change`, sealed anew, to `path`.
  public static func write(_ good: [UInt8], to path: String, change: (inout [UInt8]) -> Void) throws {
    let length = dataLength(good)
    var data = Array(good[..<length])
    change(&data)
    let publisher = try BundlePublisher(target: path)
    defer { publisher.discard() }
    let file = try FileHandle(forWritingTo: URL(fileURLWithPath: publisher.temporary))
    try file.write(contentsOf: Data(data))
    try file.close()
    _ = try publisher.seal(dataLength: UInt64(length), bundleVersion: 1, expiry: Int64.max)
    try publisher.publish()
  }

  /// The length of the LMDB part, from the footer.
  public static func dataLength(_ bundle: [UInt8]) -> Int {
    bundle.withBytes { Int($0.integer(at: bundle.count - Footer.size + 16, as: UInt64.self) ?? 0) }
  }
}
