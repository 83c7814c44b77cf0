/// Applies a bundle's rules to normal forms: cuts courtesy away, tells several requests apart, and notes never-classes.
///
/// Owns its working memory and allocates nothing after `init`. Work is bounded for any text and any table: at most
/// `maximumWords` words, from each at most `RuleTable.longestMatch` steps, twice.
public struct RuleMatcher: ~Copyable {
  /// The most words of a text. A longer text has no courtesy and no classes.
  public static var maximumWords: Int { 256 }

  private let capacity: Int
  private var scanner = WordScanner()
  // The words of the text, then those that are left of them: symbol, first byte, end, what stands before.
  var symbols: FixedBuffer<UInt16>
  var starts: FixedBuffer<Int32>
  var ends: FixedBuffer<Int32>
  var breaks: FixedBuffer<UInt8>
  var count = 0
  // Whether kinds beyond courtesy may be met from each word on.
  var met: FixedBuffer<UInt64>
  var walk = RuleWalk()

  // Courtesy: the end of what may be cut from each word on, and the first word of what may be cut up to each.
  var openingEnds: FixedBuffer<Int16>
  var anywhereEnds: FixedBuffer<Int16>
  var keptEnds: FixedBuffer<Int16>
  var closingStarts: FixedBuffer<Int16>
  // The end of the longest span from each word on that asks for nothing, whether that is a phrase of courtesy, and whether a
  // request begins there.
  var idleEnds: FixedBuffer<Int16>
  var isPhrase: FixedBuffer<UInt8>
  var asks: FixedBuffer<UInt8>
  var isCut: FixedBuffer<UInt8>
  private var scratch: FixedBuffer<UInt8>
  private var coreLength = 0
  // How many items of a numbered list there are: 1) … 2) …
  private var items = 0
  private var cutRanges: FixedBuffer<Int32>

  // For each class the bytes of the first match.
  private var spans: FixedBuffer<Int32>

  /// Whether anything was cut away from the last text.
  public private(set) var hasCut = false
  /// The number of spans cut away from the last text.
  public private(set) var cutCount = 0
  /// The classes that the last text shows.
  public private(set) var classes: RuleClasses = []

  /// Makes a matcher for normal forms of up to `capacity` bytes.
  public init(capacity: Int) {
    self.capacity = capacity
    let words = RuleMatcher.maximumWords
    symbols = FixedBuffer(capacity: words)
    starts = FixedBuffer(capacity: words)
    ends = FixedBuffer(capacity: words)
    breaks = FixedBuffer(capacity: words)
    met = FixedBuffer(capacity: words)
    openingEnds = FixedBuffer(capacity: words)
    anywhereEnds = FixedBuffer(capacity: words)
    keptEnds = FixedBuffer(capacity: words)
    closingStarts = FixedBuffer(capacity: words + 1)
    idleEnds = FixedBuffer(capacity: words)
    isPhrase = FixedBuffer(capacity: words)
    asks = FixedBuffer(capacity: words)
    isCut = FixedBuffer(capacity: words)
    scratch = FixedBuffer(capacity: capacity)
    cutRanges = FixedBuffer(capacity: 2 * words)
    spans = FixedBuffer(capacity: 2 * RuleClasses.count)
  }

  /// Forgets the last text.
  public mutating func clear() {
    count = 0
    hasCut = false
    cutCount = 0
    coreLength = 0
    items = 0
    classes = []
  }

  /// What is left of the last text where courtesy was cut away: a normal form. Empty unless `hasCut`. Valid until the next
  /// call.
  public var core: Bytes { scratch.bytes(coreLength) }

  /// The bytes of the text that cut `index` took away.
  public func cut(_ index: Int) -> Range<Int> {
    guard index >= 0, index < cutCount else { return 0..<0 }
    return Int(cutRanges[2 * index])..<max(Int(cutRanges[2 * index]), Int(cutRanges[2 * index + 1]))
  }

  /// The bytes of the text that first showed the class with the bit `1 << index`; empty if it does not show it.
  public func span(_ index: Int) -> Range<Int> {
    guard index >= 0, index < RuleClasses.count, classes.contains(RuleClasses(rawValue: 1 << UInt8(index))) else {
      return 0..<0
    }
    return Int(spans[2 * index])..<max(Int(spans[2 * index]), Int(spans[2 * index + 1]))
  }

  /// Applies `table` to `text`, a normal form of at most `capacity` bytes. O(bytes of the text).
  public mutating func match(_ text: Bytes, _ table: RuleTable) {
    clear()
    guard text.count <= capacity, scan(text, table) else {
      count = 0
      return
    }
    if table.cutsCourtesy, findCuts(table) {
      copyCore(text)
      hasCut = true
    } else if !table.cutsCourtesy {
      for word in 0..<count { met[word] = UInt64.max }
    }
    findClasses(table)
    if items > 1, count > 0 { note(.several, 0, count, table) }
  }

  // False for a text of too many words.
  private mutating func scan(_ text: Bytes, _ table: RuleTable) -> Bool {
    scanner.begin(text)
    var end = 0
    while let word = scanner.next() {
      guard count < RuleMatcher.maximumWords else { return false }
      symbols[count] = table.symbol(word.bytes)
      starts[count] = Int32(truncatingIfNeeded: word.start)
      breaks[count] =
        count == 0
        ? SentenceBreak.sentence
        : SentenceBreak.of(text, end, word.start, afterLetter: end - Int(starts[count - 1]) == 1)
      end = word.start + word.length
      // What is numbered is asked one by one.
      if word.length == 1, Int(text[word.start]) == 0x31 + items, text[end] == 0x29 {
        items += 1
        breaks[count] = max(breaks[count], SentenceBreak.sentence)
      }
      ends[count] = Int32(truncatingIfNeeded: end)
      count += 1
    }
    return true
  }

  /// Notes that the words from `first` up to `end` show a class.
  mutating func note(_ shown: RuleClasses, _ first: Int, _ end: Int, _ table: RuleTable) {
    guard table.classes.contains(shown), !classes.contains(shown), end > first else { return }
    classes.formUnion(shown)
    let index = shown.rawValue.trailingZeroBitCount
    spans[2 * index] = starts[first]
    spans[2 * index + 1] = ends[end - 1]
  }

  /// Whether a part of a sentence begins at `word`, and whether one ends before it.
  @inline(__always)
  func isBoundary(_ word: Int) -> Bool { word == 0 || word >= count || breaks[word] != SentenceBreak.none }

  // MARK: What is left

  // Each run of words that stay is copied with the marks that cling to it.
  private mutating func copyCore(_ text: Bytes) {
    var word = 0
    while word < count {
      let first = word
      let cuts = isCut[word] != 0
      while word < count, (isCut[word] != 0) == cuts { word += 1 }
      let begin = runStart(first, text)
      let end = runEnd(word, text)
      if cuts {
        cutRanges[2 * cutCount] = starts[first]
        cutRanges[2 * cutCount + 1] = ends[word - 1]
        cutCount += 1
      } else {
        append(text, begin, end)
      }
    }
    var end = coreLength
    while let start = SentenceBreak.trailingMark(scratch.bytes(end), strippingEnds: true) { end = start }
    coreLength = end
    compact()
  }

  // After the last space before the run, so that an opening bracket or a sign stays with it.
  private func runStart(_ word: Int, _ text: Bytes) -> Int {
    if word == 0 { return 0 }
    let before = Int(ends[word - 1])
    var start = Int(starts[word])
    while start > before, text[start - 1] != 0x20 { start -= 1 }
    return start > before ? start : Int(starts[word])
  }

  // Before the first space after the run, so that a closing bracket stays with it.
  private func runEnd(_ word: Int, _ text: Bytes) -> Int {
    if word == count { return text.count }
    var end = Int(ends[word - 1])
    let after = Int(starts[word])
    while end < after, text[end] != 0x20 { end += 1 }
    return end < after ? end : Int(ends[word - 1])
  }

  private mutating func append(_ text: Bytes, _ begin: Int, _ end: Int) {
    var end = end
    if let run = text.slice(0, end), end > begin {
      while let start = SentenceBreak.trailingMark(run.slice(0, end) ?? run, strippingEnds: false), start > begin {
        end = start
      }
    }
    if coreLength > 0 {
      scratch[coreLength] = 0x20
      coreLength += 1
    }
    for index in begin..<max(begin, end) where coreLength < capacity {
      scratch[coreLength] = text[index]
      coreLength += 1
    }
  }

  // The words that stay, with the strongest break of what was cut between them.
  private mutating func compact() {
    var kept = 0
    var pending = SentenceBreak.none
    for word in 0..<count {
      pending = max(pending, breaks[word])
      if isCut[word] != 0 { continue }
      symbols[kept] = symbols[word]
      starts[kept] = starts[word]
      ends[kept] = ends[word]
      breaks[kept] = pending
      met[kept] = UInt64.max
      pending = SentenceBreak.none
      kept += 1
    }
    count = kept
  }
}
