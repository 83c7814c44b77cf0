import BundleFormat
import BundleReader

/// The arguments of C's `main`, one after the other.
struct Arguments {
  private let arguments: UnsafePointer<UnsafePointer<CChar>?>
  private let count: Int
  private var place = 1
  private var areOptionsOver = false

  init(count: Int, _ arguments: UnsafePointer<UnsafePointer<CChar>?>) {
    self.count = count
    unsafe self.arguments = arguments
  }

  /// The name by which the program was started.
  var programName: UnsafePointer<CChar> {
    let none: StaticString = "almanac-reader"
    let given = unsafe count > 0 ? arguments[0] : nil
    return unsafe given ?? UnsafeRawPointer(none.utf8Start).assumingMemoryBound(to: CChar.self)
  }

  /// The next argument, a C string, or `nil` behind the last.
  mutating func next() -> UnsafePointer<CChar>? {
    guard place < count, let argument = unsafe arguments[place] else { return nil }
    place += 1
    return unsafe argument
  }

  /// The next argument but for a lone `--`, behind which no argument is an option.
  mutating func nextUnlessSeparator() -> UnsafePointer<CChar>? {
    guard let argument = unsafe next() else { return nil }
    guard !areOptionsOver, unsafe Bytes(cString: argument).equals("--") else { return unsafe argument }
    areOptionsOver = true
    return unsafe next()
  }

  /// The option that an argument is, with the value behind its `=` if it has one; `nil` if it is none.
  func option(_ argument: Bytes) -> (name: Bytes, value: Bytes?)? {
    guard !areOptionsOver, argument.count > 1, argument[0] == UInt8(ascii: "-") else { return nil }
    var end = 0
    while end < argument.count, argument[end] != UInt8(ascii: "=") { end += 1 }
    guard let name = argument.slice(0, end) else { return nil }
    return (name, argument.slice(end + 1, argument.count - end - 1))
  }
}

/// Why the command line is not understood: an option or argument, what is wrong with it, and what to do.
struct UsageError: Error {
  let name: Bytes
  let statement: StaticString
  let advice: StaticString

  init(_ name: Bytes, _ statement: StaticString, _ advice: StaticString) {
    self.name = name
    self.statement = statement
    self.advice = advice
  }
}
