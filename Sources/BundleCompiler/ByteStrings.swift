/// Many byte strings one after the other in one piece of memory: eight bytes each besides their own.
///
/// An array of arrays takes about fifty more for each, which at millions of questions is more than their vectors. Elements are
/// made when they are asked for.
struct ByteStrings: RandomAccessCollection, Sendable {
  private var bytes: [UInt8] = []
  private var ends: [Int] = []

  /// No strings.
  init() {}

  /// The strings of `strings`, in their order.
  init(_ strings: some Sequence<[UInt8]>) {
    for string in strings { append(string) }
  }

  var startIndex: Int { 0 }
  var endIndex: Int { ends.count }

  /// The string at `index`.
  subscript(index: Int) -> [UInt8] { Array(bytes[range(index)]) }

  /// The number of bytes of the string at `index`.
  func length(_ index: Int) -> Int { range(index).count }

  /// Adds a string at the end.
  mutating func append(_ string: some Sequence<UInt8>) {
    bytes.append(contentsOf: string)
    ends.append(bytes.count)
  }

  /// Adds all strings of another list at the end.
  mutating func append(_ others: ByteStrings) {
    let start = bytes.count
    bytes.append(contentsOf: others.bytes)
    ends.append(contentsOf: others.ends.lazy.map { $0 + start })
  }

  /// Makes room for `count` more strings.
  mutating func reserve(_ count: Int) { ends.reserveCapacity(ends.count + count) }

  private func range(_ index: Int) -> Range<Int> { (index > 0 ? ends[index - 1] : 0)..<ends[index] }
}

/// Many texts in one piece of memory; see `ByteStrings`.
struct TextList: RandomAccessCollection, Sendable {
  /// Their bytes.
  private(set) var utf8 = ByteStrings()

  /// The texts whose bytes are `utf8`.
  init(utf8: ByteStrings = ByteStrings()) { self.utf8 = utf8 }

  var startIndex: Int { 0 }
  var endIndex: Int { utf8.endIndex }

  /// The text at `index`.
  subscript(index: Int) -> String { String(decoding: utf8[index], as: UTF8.self) }

  /// Adds a text at the end.
  mutating func append(_ text: String) { utf8.append(text.utf8) }

  /// Adds all texts of another list at the end.
  mutating func append(_ others: TextList) { utf8.append(others.utf8) }

  /// Makes room for `count` more texts.
  mutating func reserve(_ count: Int) { utf8.reserve(count) }
}
