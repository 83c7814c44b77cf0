import BundleFormat
import CKernels

/// How a bundle's file is brought into memory.
public enum OpenMode: Sendable {
  /// The file is mapped; each chunk is checked when it is first used.
  case lazy
  /// The file is mapped, and what every query needs is checked at open.
  case hot
  /// The file is mapped and all of it is checked at open.
  case all
  /// The file is read into private memory and checked at open, so that nothing done to the file later can matter.
  case copy
}

/// The bytes of an open file, given back to the system when the last user is gone or when told to.
final class FileMemory: @unchecked Sendable {
  private var file: almanac_file

  /// The bytes of the file.
  let bytes: Bytes

  /// Maps or reads the file at `path`, a C string.
  ///
  /// - Throws: `BundleError.cannotOpen`.
  init(path: UnsafePointer<CChar>, mode: OpenMode) throws(BundleError) {
    let file = unsafe mode == .copy ? almanac_file_copy(path) : almanac_file_map(path)
    guard let start = unsafe file.start else { throw .cannotOpen(code: file.code) }
    unsafe self.file = file
    bytes = unsafe Bytes(start: start, count: file.length)
  }

  deinit { release() }

  /// Gives the bytes back. Nothing may read them from now on.
  func release() {
    unsafe almanac_file_release(file)
    unsafe file.start = nil
  }
}
