import Glibc

/// A file being written from start to end, and here and there again.
struct OutputDescriptor: ~Copyable {
  private let path: String
  private let descriptor: Int32

  /// Opens an existing file for writing.
  ///
  /// - Throws: `WriteError`.
  init(path: String) throws {
    self.path = path
    descriptor = open(path, O_RDWR | O_CLOEXEC)
    guard descriptor >= 0 else { throw WriteError.system("open", path: path, code: errno) }
  }

  deinit { close(descriptor) }

  /// The descriptor, for reading what was written.
  var number: Int32 { descriptor }

  /// Writes all of `bytes` at `start`.
  ///
  /// - Throws: `WriteError`, also if the disk is full.
  func write(_ bytes: ArraySlice<UInt8>, at start: UInt64) throws {
    try bytes.withUnsafeBytes { buffer in
      var done = 0
      while done < buffer.count {
        let count = unsafe pwrite(
          descriptor, buffer.baseAddress! + done, buffer.count - done, off_t(start) + off_t(done))
        if count < 0, errno == EINTR { continue }
        guard count > 0 else {
          throw WriteError.system("write", path: path, code: errno, needed: buffer.count - done)
        }
        done += count
      }
    }
  }

  /// Sets who may read and write the file, and brings it to the disk.
  ///
  /// - Throws: `WriteError`.
  func finish(mode: mode_t) throws {
    guard fchmod(descriptor, mode) == 0, fsync(descriptor) == 0 else {
      throw WriteError.system("write", path: path, code: errno)
    }
  }
}
