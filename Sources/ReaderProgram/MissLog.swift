import BundleFormat
import BundleReader
import CKernels

/// The file of requests that fell back: JSON Lines with the query, or only its digest, the reason and the time.
///
/// At its limit the file is renamed to `FILE.1`, over the one before it, and begun anew, so that both together never have more
/// than twice the limit. What cannot be written is dropped and counted; answers never wait for the log.
final class MissLog {
  /// How many bytes of a file are enough.
  static let standardLimit: UInt64 = 16 << 20
  /// The smallest limit: twice the longest line.
  static let leastLimit: UInt64 = 65_536
  private static let bufferSize = 65_536

  /// The number of requests that could not be written.
  private(set) var dropped: UInt64 = 0

  private var file: OutputFile
  private let limit: UInt64
  private let isHashed: Bool
  private var descriptor: Int32
  // The size of the file; what waits in the buffer is not counted.
  private var size: UInt64
  private var buffer = ReplyBuffer(capacity: bufferSize)
  private var waiting: UInt64 = 0

  /// Opens the log to append to. Returns `nil` with the reason told if that fails.
  init?(_ file: OutputFile, limit: UInt64, isHashed: Bool) {
    var file = file
    let descriptor = unsafe almanac_file_append(file.path, 1)
    if descriptor < 0 {
      file.report(code: almanac_last_error())
      return nil
    }
    self.file = file
    self.limit = limit
    self.isHashed = isHashed
    self.descriptor = descriptor
    size = almanac_file_size(descriptor)
  }

  deinit { _ = almanac_file_close(descriptor) }

  /// Notes a request that fell back.
  ///
  /// - Parameters:
  ///   - text: The question; `nil` if the request had none.
  ///   - normalForm: What the digest is taken of.
  func note(_ reason: FallbackReason, text: Bytes?, normalForm: Bytes, at seconds: Int64) {
    let start = buffer.count
    buffer.write("{")
    if isHashed {
      buffer.key("digest")
      if normalForm.count == 0 { buffer.write("null") } else { digest(of: normalForm) }
    } else if let text, text.count <= QuerySession.maximumQuery {
      buffer.key("query")
      buffer.string(text)
    } else {
      buffer.key("query")
      buffer.write("null")
    }
    buffer.key("reason")
    buffer.string(Bytes(reason.name))
    buffer.key("at")
    buffer.integer(seconds)
    buffer.write("}\n")
    waiting += 1
    if size + UInt64(buffer.count) > limit { rotate(keeping: start) }
    if size + UInt64(buffer.count) > limit {
      // There is no room, and the full file could not be put aside.
      buffer.rewind(to: start)
      waiting -= 1
      dropped += 1
    }
    if buffer.count >= Self.bufferSize / 2 { flush() }
  }

  /// Writes what waits.
  func flush() {
    guard buffer.count > 0 else { return }
    // What kept the file from being opened may have passed.
    if descriptor < 0 { open() }
    // No call is waited for: a pipe that is full takes nothing, and what waits is dropped.
    let isWritten =
      unsafe descriptor >= 0 && almanac_write_now(descriptor, buffer.bytes.unsafeStart, buffer.count) == 0
    if isWritten {
      size = almanac_file_size(descriptor)
      file.succeeded()
    } else {
      dropped += waiting
      file.report(code: almanac_last_error())
    }
    buffer.rewind(to: 0)
    waiting = 0
  }

  // The line from `start` on is the first of the new file.
  private func rotate(keeping start: Int) {
    let line = (buffer.bytes.slice(start, buffer.count - start) ?? buffer.bytes).fixedCopy
    buffer.rewind(to: start)
    waiting -= 1
    flush()
    let older = file.path(with: ".1")
    _ = almanac_file_close(descriptor)
    if unsafe almanac_file_rename(file.path, older.cString) != 0 { file.report(code: almanac_last_error()) }
    open()
    if descriptor < 0 { file.report(code: almanac_last_error()) }
    buffer.write(line.bytes(line.capacity))
    waiting = 1
  }

  private func open() {
    descriptor = unsafe almanac_file_append(file.path, 1)
    size = almanac_file_size(descriptor)
  }

  private func digest(of normalForm: Bytes) {
    // Half of it is enough to tell questions apart.
    Digest(of: normalForm, for: .question).encoded.withBytes { buffer.hexadecimal($0.slice(0, 16) ?? $0) }
  }
}
