import BundleFormat
import Glibc

/// A whole file mapped for reading. Whoever cuts the file short meanwhile ends the process, so this serves build tools only.
final class MappedFile: @unchecked Sendable {
  /// The file's path, for errors.
  let path: String
  /// The file's bytes. Valid while this lives.
  let bytes: Bytes
  private let start: UnsafeMutableRawPointer?

  /// Maps the file at `path`.
  ///
  /// - Throws: `WriteError` if it cannot be opened, is no regular file, or is empty.
  init(path: String) throws(WriteError) {
    self.path = path
    let descriptor = open(path, O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else {
      throw WriteError("cannot open \(path): \(String(cString: strerror(errno))); check the name")
    }
    defer { close(descriptor) }
    var status = stat()
    guard fstat(descriptor, &status) == 0, status.st_mode & S_IFMT == S_IFREG, status.st_size > 0 else {
      throw WriteError("\(path) is no file with anything in it; check the name")
    }
    let size = Int(status.st_size)
    guard let mapped = unsafe mmap(nil, size, PROT_READ, MAP_SHARED, descriptor, 0), unsafe mapped != MAP_FAILED else {
      throw WriteError.system("map", path: path, code: errno)
    }
    unsafe start = mapped
    bytes = unsafe Bytes(start: mapped, count: size)
  }

  deinit {
    if let start = unsafe start { unsafe munmap(start, bytes.count) }
  }
}
