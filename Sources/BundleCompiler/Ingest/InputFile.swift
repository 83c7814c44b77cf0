import BundleFormat
import Glibc

/// A regular file that is only read, closed when the last reference goes.
///
/// Reads name their position, so several readers may share one file.
package final class InputFile: Sendable {
  /// The path as errors state it.
  package let path: String
  /// The length in bytes when the file was opened.
  package let size: Int
  private let descriptor: Int32

  /// Opens the file at `path`.
  ///
  /// - Parameter namedAt: where the user wrote the path, if somewhere: errors point there.
  /// - Throws: an error if it does not exist, may not be read, or is a folder, pipe or device.
  package init(path: String, namedAt place: InputPlace? = nil) throws(InputError) {
    self.path = path
    let named = place ?? InputPlace(file: path)
    let subject = place == nil ? "" : "file '\(path)' "
    descriptor = open(path, O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else {
      let reason = String(cString: strerror(errno))
      throw named.error("\(subject)cannot be opened (\(reason))", do: "check that the path is right and may be read")
    }
    var status = stat()
    guard fstat(descriptor, &status) == 0, status.st_mode & S_IFMT == S_IFREG else {
      close(descriptor)
      throw named.error("\(subject)is not a regular file", do: "give the path of a file, not of a folder or pipe")
    }
    size = Int(status.st_size)
  }

  deinit { close(descriptor) }

  /// Reads up to `count` bytes at `position` to the start of `target`. Returns how many there were: fewer only at the end.
  func read(_ count: Int, at position: Int, to target: UnsafeMutableRawPointer) throws(InputError) -> Int {
    var done = 0
    while done < count {
      let got = unsafe pread(descriptor, target + done, count - done, position + done)
      if got == 0 { break }
      if got < 0 {
        if errno == EINTR { continue }
        throw InputPlace(file: path).error(
          "cannot be read (\(String(cString: strerror(errno))))", do: "check the disk and compile again")
      }
      done += got
    }
    return done
  }

  /// Reads `count` bytes at `position` into an array; fewer if the file ends before.
  package func bytes(_ count: Int, at position: Int) throws(InputError) -> [UInt8] {
    let buffer = InputBuffer(capacity: max(count, 1))
    let got = try buffer.fill(from: self, at: position, count: count)
    return unsafe Array(UnsafeRawBufferPointer(start: buffer.window(0, got).unsafeStart, count: got))
  }
}
