/// Collects the marks of a question and writes them in their encoded form. Allocates nothing after `init`.
struct MarkCollector: ~Copyable {
  private var numbers = FixedBuffer<UInt64>(capacity: QuestionMarks.numbers)
  private var codes = FixedBuffer<UInt32>(capacity: QuestionMarks.codes)
  private var dateParts = FixedBuffer<UInt32>(capacity: QuestionMarks.dateParts)
  private var sides = FixedBuffer<UInt16>(capacity: QuestionMarks.sides)
  private var directions = FixedBuffer<UInt32>(capacity: QuestionMarks.directions)
  private var words = FixedBuffer<UInt16>(capacity: QuestionMarks.words)
  private var counts = Counts()
  private var output = FixedBuffer<UInt8>(capacity: QuestionMarks.maximumSize)

  /// The number of negations.
  var negations = 0

  private struct Counts: Equatable {
    var numbers = 0
    var codes = 0
    var dateParts = 0
    var sides = 0
    var directions = 0
    var words = 0
  }

  /// Forgets everything.
  mutating func removeAll() {
    counts = Counts()
    negations = 0
  }

  mutating func add(_ number: NumberMark) {
    // The raw value in the upper half, so that it decides the order.
    Self.insert(UInt64(number.raw) << 32 | UInt64(number.measure), &numbers, &counts.numbers)
  }

  mutating func add(code: UInt32) { Self.insert(code, &codes, &counts.codes) }

  mutating func add(_ date: DateMark) { Self.insert(date.rawValue, &dateParts, &counts.dateParts) }

  mutating func add(side: UInt16) { Self.insert(side, &sides, &counts.sides) }

  /// Adds a direction between two hashes of words, of which the low 16 bits are kept.
  mutating func add(from: UInt64, to: UInt64) {
    let first = UInt32(truncatingIfNeeded: from & 0xFFFF)
    let second = UInt32(truncatingIfNeeded: to & 0xFFFF)
    if first != second { Self.insert(first << 16 | second, &directions, &counts.directions) }
  }

  /// Adds a word by the hash of its stem, of which 15 bits are kept, and whether it is denied.
  mutating func add(word: UInt64, isDenied: Bool) {
    let hash = UInt16(truncatingIfNeeded: word) & ~QuestionMarks.isDenied
    Self.insert(hash | (isDenied ? QuestionMarks.isDenied : 0), &words, &counts.words)
  }

  // Keeps the elements sorted and without repetitions; what finds no room is left out.
  private static func insert<Element: FixedWidthInteger & BitwiseCopyable>(
    _ element: Element, _ buffer: inout FixedBuffer<Element>, _ count: inout Int
  ) {
    for index in 0..<count where buffer[index] == element { return }
    guard count < buffer.capacity else { return }
    var place = count
    while place > 0, buffer[place - 1] > element {
      buffer[place] = buffer[place - 1]
      place -= 1
    }
    buffer[place] = element
    count += 1
  }

  /// The encoded form. Valid until the collector is used again and while it lives.
  mutating func encode() -> Bytes {
    let negation: UInt8 = negations % 2 == 1 ? QuestionMarks.isNegated : 0
    if negation == 0, counts == Counts() { return output.bytes(0) }
    output[0] = negation
    output[1] = UInt8(truncatingIfNeeded: counts.numbers)
    output[2] = UInt8(truncatingIfNeeded: counts.codes)
    output[3] = UInt8(truncatingIfNeeded: counts.dateParts)
    output[4] = UInt8(truncatingIfNeeded: counts.sides)
    output[5] = UInt8(truncatingIfNeeded: counts.directions)
    output[6] = UInt8(truncatingIfNeeded: counts.words)
    var length = 7
    for index in 0..<counts.numbers {
      write(numbers[index] >> 32, 4, at: &length)
      write(numbers[index], 4, at: &length)
    }
    for index in 0..<counts.codes { write(UInt64(codes[index]), 4, at: &length) }
    for index in 0..<counts.dateParts { write(UInt64(dateParts[index]), 4, at: &length) }
    for index in 0..<counts.sides { write(UInt64(sides[index]), 2, at: &length) }
    for index in 0..<counts.directions { write(UInt64(directions[index]), 4, at: &length) }
    for index in 0..<counts.words { write(UInt64(words[index]), 2, at: &length) }
    return output.bytes(length)
  }

  private mutating func write(_ value: UInt64, _ size: Int, at length: inout Int) {
    for index in 0..<size { output[length + index] = UInt8(truncatingIfNeeded: value >> UInt64(8 * index)) }
    length += size
  }
}
