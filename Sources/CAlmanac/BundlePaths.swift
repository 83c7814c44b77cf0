import BundleFormat
import BundleReader
import CKernels

/// Where a bundle and the layer over it, if there is one, came from. Each path ends in a zero byte.
struct BundlePaths: Sendable {
  /// The path of the bundle.
  let bundle: [UInt8]
  /// The path of the layer; empty if there is none.
  let layer: [UInt8]

  /// Opens the files. A layer that is refused refuses both: what it deletes must not be answered.
  func open(mode: OpenMode, _ requirements: OpenRequirements) throws(BundleError) -> Bundle {
    let own = layer.isEmpty ? requirements : requirements.ofBase
    let opened = try bundle.withBytes { path throws(BundleError) in
      unsafe try Bundle(path: path.cString, mode: mode, requirements: own)
    }
    if layer.isEmpty { return opened }
    return try layer.withBytes { path throws(BundleError) in
      unsafe try Bundle(path: path.cString, over: opened, mode: mode, requirements: requirements)
    }
  }

  /// A number that changes when another file is renamed to one of the paths; 0 if one is not there.
  var identity: UInt64 {
    let own = bundle.withBytes { unsafe almanac_file_identity($0.cString) }
    if layer.isEmpty || own == 0 { return own }
    let other = layer.withBytes { unsafe almanac_file_identity($0.cString) }
    // Both matter, and so does which of them is which.
    return other == 0 ? 0 : max(own &* 0x9E37_79B9_7F4A_7C15 ^ other, 1)
  }

  static func == (left: BundlePaths, right: BundlePaths) -> Bool {
    left.bundle.withBytes { own in right.bundle.withBytes { own.equals($0) } }
      && left.layer.withBytes { own in right.layer.withBytes { own.equals($0) } }
  }

  /// A copy of a C string, its zero included.
  static func copied(_ path: UnsafePointer<CChar>) -> [UInt8] {
    unsafe Bytes(start: path, count: almanac_string_length(path) + 1).copied
  }
}

extension Bytes {
  /// The C string in a window that ends in zero.
  fileprivate var cString: UnsafePointer<CChar> { unsafe unsafeStart.assumingMemoryBound(to: CChar.self) }
}
