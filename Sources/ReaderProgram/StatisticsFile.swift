import BundleFormat
import BundleReader
import CKernels

/// The file that `--stats` names, written anew at an interval, so that whoever reads it sees all of one moment: under
/// another name, then renamed. A device or pipe is written as it is.
final class StatisticsFile {
  /// Seconds between two writes unless told otherwise.
  static let standardInterval: UInt64 = 10

  private var file: OutputFile
  private let interval: UInt64
  /// When it is to be written again, by the monotonic clock.
  private(set) var nextWrite: UInt64 = 0
  private var text = PrometheusText()

  /// A file written every `seconds`.
  init(_ file: OutputFile, seconds: UInt64) {
    self.file = file
    interval = seconds * 1_000_000_000
  }

  /// Whether the file can be created; tells if not. A full disk is no reason not to begin.
  func canBeCreated() -> Bool {
    if unsafe almanac_file_is_special(file.path) != 0 { return true }
    let partial = file.path(with: ".partial")
    let descriptor = unsafe almanac_file_create(partial.cString, 0)
    guard descriptor >= 0 else {
      file.report(code: almanac_last_error())
      return false
    }
    _ = almanac_file_close(descriptor)
    unsafe almanac_file_remove(partial.cString)
    return true
  }

  /// Writes the file. What cannot be written is told, and the file that is there stays.
  func write(
    _ statistics: ServiceStatistics, _ bundle: Bundle, droppedMisses: UInt64?, now: UInt64
  ) {
    nextWrite = now &+ interval
    statistics.write(to: &text, bundle, droppedMisses: droppedMisses)
    if unsafe almanac_file_is_special(file.path) != 0 {
      let isWritten = put(almanac_file_append(file.path, 0))
      return isWritten ? file.succeeded() : file.report(code: almanac_last_error())
    }
    let partial = file.path(with: ".partial")
    if put(almanac_file_create(partial.cString, 0)),
      unsafe almanac_file_rename(partial.cString, file.path) == 0
    {
      return file.succeeded()
    }
    let code = almanac_last_error()
    unsafe almanac_file_remove(partial.cString)
    file.report(code: code)
  }

  // Writes the text and closes the descriptor; false with the error left if either fails.
  private func put(_ descriptor: Int32) -> Bool {
    guard descriptor >= 0 else { return false }
    let isWritten = unsafe almanac_write_now(descriptor, text.bytes.unsafeStart, text.bytes.count) == 0
    return almanac_file_close(descriptor) == 0 && isWritten
  }
}
