import BundleFormat
import BundleReader
import CKernels

/// A file beside the bundle that the program writes: its path, and whether the last attempt failed.
struct OutputFile {
  /// The option that names the file.
  let option: StaticString
  /// The path, a C string.
  let path: UnsafePointer<CChar>
  private var isFailing = false

  init(option: StaticString, path: UnsafePointer<CChar>) {
    self.option = option
    unsafe self.path = path
  }

  /// The path with an ending, as a C string.
  func path(with ending: StaticString) -> FixedBuffer<UInt8> {
    let stem = unsafe Bytes(cString: path)
    let ending = Bytes(ending)
    var buffer = FixedBuffer<UInt8>(capacity: stem.count + ending.count + 1)
    for index in 0..<stem.count { buffer[index] = stem[index] }
    for index in 0..<ending.count { buffer[stem.count + index] = ending[index] }
    return buffer
  }

  /// Whether neither the file nor one that is written in its stead (`.partial`, `.1`) is the file at `other`; tells if one is,
  /// and that it is `meaning`. Devices and pipes may be shared.
  func isOther(than other: UnsafePointer<CChar>, _ meaning: String) -> Bool {
    let identity = unsafe almanac_file_identity(other)
    guard identity != 0, unsafe almanac_file_is_special(other) == 0 else { return true }
    for ending in ["", ".partial", ".1"] as [StaticString] {
      let each = path(with: ending)
      guard unsafe almanac_file_identity(each.cString) == identity else { continue }
      Console.error(
        option, Bytes(": "), unsafe Bytes(cString: each.cString), "is \(meaning); name another file")
      return false
    }
    return true
  }

  /// Tells on standard error that the file cannot be written, once until it can again.
  mutating func report(code: Int32) {
    if isFailing { return }
    isFailing = true
    Console.error(
      option, Bytes(": "), unsafe Bytes(cString: path),
      "cannot be written (errno \(code)); free space or correct the path; answers go on without it")
  }

  /// The file can be written.
  mutating func succeeded() { isFailing = false }
}

extension FixedBuffer where Element == UInt8 {
  /// The buffer as the C string that it holds.
  var cString: UnsafePointer<CChar> {
    unsafe UnsafePointer(UnsafeRawPointer(unsafeStart).assumingMemoryBound(to: CChar.self))
  }
}
