import BundleFormat
import BundleReader
import CKernels

/// Why a file cannot be answered from.
// The path is an argument of the process, which nothing changes.
struct RefusedFile: Error, @unchecked Sendable {
  /// Its path, a C string.
  let path: UnsafePointer<CChar>
  let reason: BundleError
}

/// The files that the program answers from: a bundle, and perhaps a layer over it.
struct BundleFiles {
  /// The path of the bundle, a C string.
  let path: UnsafePointer<CChar>
  /// The path of the layer, a C string; `nil` if there is none.
  let layer: UnsafePointer<CChar>?
  private let level: almanac_kernel_level

  init(_ options: borrowing Options) {
    unsafe path = options.path
    unsafe layer = options.layer
    level = options.level
  }

  /// Opens them. A layer that is refused refuses both: what it withdraws must not be answered.
  ///
  /// - Throws: Which of them is refused, and why.
  func open(_ mode: OpenMode, _ requirements: OpenRequirements) throws(RefusedFile) -> Bundle {
    guard let layer = unsafe layer else { return unsafe try open(path, nil, mode, requirements) }
    return unsafe try open(layer, open(path, nil, mode, requirements.ofBase), mode, requirements)
  }

  private func open(
    _ path: UnsafePointer<CChar>, _ base: Bundle?, _ mode: OpenMode, _ requirements: OpenRequirements
  ) throws(RefusedFile) -> Bundle {
    do throws(BundleError) {
      return unsafe try Bundle(path: path, over: base, mode: mode, level: level, requirements: requirements)
    } catch {
      throw unsafe RefusedFile(path: path, reason: error)
    }
  }

  /// A number that changes when another file is renamed to one of the paths; 0 if one is not there.
  var identity: UInt64 {
    let own = unsafe almanac_file_identity(path)
    guard let layer = unsafe layer, own != 0 else { return own }
    let other = unsafe almanac_file_identity(layer)
    // Both matter, and so does which of them is which.
    return other == 0 ? 0 : max(own &* 0x9E37_79B9_7F4A_7C15 ^ other, 1)
  }
}
