import BundleCompiler
import Glibc

/// The file of a key.
enum KeyFile {
  /// Why a key's file could not be read or written.
  struct Failure: Error, CustomStringConvertible {
    let description: String
  }

  /// Writes a new file; one that exists stays as it is.
  ///
  /// - Throws: `Failure`. No file is left then.
  static func create(_ path: String, _ text: String, mode: mode_t) throws {
    let descriptor = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, mode)
    guard descriptor >= 0 else {
      throw Failure(
        description: errno == EEXIST
          ? "\(path): there is a file already, and a key is never overwritten; give another name with -o"
          : "\(path): the file cannot be written (\(String(cString: strerror(errno)))); check the folder, its rights and space"
      )
    }
    let bytes = Array(text.utf8)
    // A file this small is written at once or not at all.
    let isWritten = Glibc.write(descriptor, bytes, bytes.count) == bytes.count && fsync(descriptor) == 0
    let code = errno
    guard close(descriptor) == 0, isWritten else {
      unlink(path)
      throw Failure(
        description: "\(path): the file cannot be written (\(String(cString: strerror(code)))); check space")
    }
  }

  /// Removes a file that was created.
  static func remove(_ path: String) { unlink(path) }

  /// The bytes of a small file.
  ///
  /// - Throws: `Failure` if it cannot be read or is larger than `limit`.
  static func read(_ path: String, limit: Int) throws -> [UInt8] {
    guard let file = fopen(path, "re") else {
      throw Failure(
        description: "\(path): the file cannot be read (\(String(cString: strerror(errno)))); check the path")
    }
    defer { fclose(file) }
    var bytes = [UInt8](repeating: 0, count: limit + 1)
    let count = fread(&bytes, 1, bytes.count, file)
    guard ferror(file) == 0 else {
      throw Failure(description: "\(path): the file cannot be read (\(String(cString: strerror(errno)))); name a file")
    }
    guard count <= limit else {
      throw Failure(
        description: "\(path): the file has more than \(limit) bytes, so it is not what it should be; check the path")
    }
    return Array(bytes[..<count])
  }

  /// The secret key in a file; its passphrase is asked for if it has one.
  ///
  /// - Throws: `Failure`, or why it is no key.
  static func secretKey(_ path: String) throws -> SecretKey {
    try SecretKey(try read(path, limit: 4096), file: path) { try Passphrase.ask("passphrase of \(path): ") }
  }
}
