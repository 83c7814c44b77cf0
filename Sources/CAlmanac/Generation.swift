import BundleReader

/// A bundle that is or was the current one of a `SharedBundle`, and the paths it came from.
final class Generation: @unchecked Sendable {
  let bundle: Bundle
  /// The paths of the bundle and of its layer.
  let paths: BundlePaths
  /// The address of the generation that was replaced before this one and may still be read; zero: there is none. Belongs to
  /// whoever puts the generation into the list or has taken the list.
  var nextRetired: UInt = 0

  init(_ bundle: Bundle, _ paths: BundlePaths) {
    self.bundle = bundle
    self.paths = paths
  }

  /// The generation whose `address` this is. It must be alive.
  static func at(_ address: UInt) -> Unmanaged<Generation>? {
    guard let pointer = unsafe UnsafeRawPointer(bitPattern: address) else { return nil }
    return unsafe Unmanaged<Generation>.fromOpaque(pointer)
  }

  /// Keeps the generation alive until its `release`, and says by which address it is known.
  func retainedAddress() -> UInt { unsafe UInt(bitPattern: Unmanaged.passRetained(self).toOpaque()) }

  /// Undoes `retainedAddress`.
  static func release(_ address: UInt) { unsafe at(address)?.release() }
}
