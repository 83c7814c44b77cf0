/// `decision/rules`: patterns of words as one deterministic automaton, checked as a whole when it is made.
///
/// A text's words become symbols through a hash table; words of one symbol are alike to every pattern. From each word on the
/// automaton takes one step a word until it has none; every state on the way says which patterns end there.
/// Layout: `spec/v1/bundle-format.md`.
public struct RuleTable: Sendable {
  /// The size of the header in bytes.
  public static let headerSize = 32
  /// The kind of rules that this version of the format knows.
  public static let wordPatterns: UInt32 = 1
  /// The size of a word's record, a state's record and an edge in bytes.
  public static let wordSize = 8
  public static let stateSize = 16
  public static let edgeSize = 4
  /// The most bytes of a table.
  public static let maximumSize = 1 << 19
  /// The most words that a pattern matches.
  public static let longestMatch = 16
  /// Set in the header's classes if courtesy is cut away.
  public static let courtesyFlag: UInt32 = 0x80

  /// The classes that are on.
  public let classes: RuleClasses
  /// Whether courtesy is cut away.
  public let cutsCourtesy: Bool

  private let slots: Bytes
  private let words: Bytes
  private let roots: Bytes
  private let states: Bytes
  private let edges: Bytes
  private let text: Bytes
  private let slotCount: Int
  private let symbolCount: Int

  /// Whether `bytes` holds rules of a kind that only a later version knows.
  public static func isUnknown(_ bytes: Bytes) -> Bool {
    guard let kind: UInt32 = bytes.integer(at: 0) else { return false }
    return kind != wordPatterns
  }

  /// Reads a table, or gives `nil` if anything in it is out of range. O(bytes). The memory must outlive the table.
  public init?(_ bytes: Bytes) {
    guard bytes.count <= Self.maximumSize, let kind: UInt32 = bytes.integer(at: 0), kind == Self.wordPatterns,
      let flags: UInt32 = bytes.integer(at: 4), let slotCount: UInt32 = bytes.integer(at: 8),
      let wordCount: UInt32 = bytes.integer(at: 12), let symbolCount: UInt32 = bytes.integer(at: 16),
      let stateCount: UInt32 = bytes.integer(at: 20), let edgeCount: UInt32 = bytes.integer(at: 24),
      let textLength: UInt32 = bytes.integer(at: 28)
    else { return nil }
    // No count can exceed the size of the table, so no product below overflows.
    let limit = UInt32(Self.maximumSize)
    guard slotCount <= limit, wordCount <= limit, symbolCount <= limit, stateCount <= limit, edgeCount <= limit,
      textLength <= limit, slotCount > 0, slotCount & (slotCount - 1) == 0
    else { return nil }
    var offset = Self.headerSize
    func part(_ count: UInt32, _ size: Int) -> Bytes? {
      let window = bytes.slice(offset, Int(count) * size)
      offset += Int(count) * size
      return window
    }
    guard let slots = part(slotCount, HashTable.slotSize), let words = part(wordCount, Self.wordSize),
      let roots = part(symbolCount, 2), let states = part(stateCount, Self.stateSize),
      let edges = part(edgeCount, Self.edgeSize), let text = part(textLength, 1), offset == bytes.count
    else { return nil }
    classes = RuleClasses(rawValue: UInt8(truncatingIfNeeded: flags & 0x7F))
    cutsCourtesy = flags & Self.courtesyFlag != 0
    self.slots = slots
    self.words = words
    self.roots = roots
    self.states = states
    self.edges = edges
    self.text = text
    self.slotCount = Int(slotCount)
    self.symbolCount = Int(symbolCount)
    guard isConsistent(words: Int(wordCount), states: stateCount, edges: Int(edgeCount)) else { return nil }
  }

  private func isConsistent(words wordCount: Int, states stateCount: UInt32, edges edgeCount: Int) -> Bool {
    for slot in 0..<slotCount {
      guard let word: UInt32 = slots.integer(at: slot * HashTable.slotSize + 4),
        word == HashTable.empty || word < UInt32(wordCount)
      else { return false }
    }
    for word in 0..<wordCount {
      guard let place: UInt32 = words.integer(at: word * Self.wordSize),
        let symbol: UInt16 = words.integer(at: word * Self.wordSize + 4), symbol > 0, Int(symbol) < symbolCount,
        text.contains(Int(place), Int(words[word * Self.wordSize + 6]))
      else { return false }
    }
    for symbol in 0..<symbolCount {
      guard let state: UInt16 = roots.integer(at: 2 * symbol), state == 0 || state < stateCount else { return false }
    }
    for state in 0..<Int(stateCount) {
      let record = state * Self.stateSize
      guard let first: UInt32 = states.integer(at: record + 8), let count: UInt16 = states.integer(at: record + 12),
        let other: UInt16 = states.integer(at: record + 14), other == 0 || other < stateCount,
        Int(first) <= edgeCount, Int(count) <= edgeCount - Int(first)
      else { return false }
    }
    for edge in 0..<edgeCount {
      guard let target: UInt16 = edges.integer(at: edge * Self.edgeSize + 2), target < stateCount else { return false }
    }
    return true
  }

  /// The symbol of a word as `WordScanner` gives it; 0 for a word that no pattern names.
  func symbol(_ word: Bytes) -> UInt16 {
    let hash = KeyHash.of(word, domain: KeyHash.ruleWord)
    let tag = HashTable.tag(hash)
    var slot = HashTable.firstSlot(hash, slots: slotCount)
    for _ in 0..<min(slotCount, HashTable.maximumProbes) {
      guard let found: UInt32 = slots.integer(at: slot * HashTable.slotSize),
        let index: UInt32 = slots.integer(at: slot * HashTable.slotSize + 4), index != HashTable.empty
      else { return 0 }
      let record = Int(index) * Self.wordSize
      if found == tag, let place: UInt32 = words.integer(at: record),
        let stored = text.slice(Int(place), Int(words[record + 6])), stored.equals(word)
      {
        return words.integer(at: record + 4) ?? 0
      }
      slot = (slot + 1) & (slotCount - 1)
    }
    return 0
  }

  /// The state after the first word of a match; 0 if no pattern begins with such a word.
  @inline(__always)
  func begin(_ symbol: UInt16) -> Int { Int(roots.integer(at: 2 * Int(symbol), as: UInt16.self) ?? 0) }

  /// The state after one more word; 0 if no pattern goes on with it.
  func step(_ state: Int, _ symbol: UInt16) -> Int {
    let record = state * Self.stateSize
    guard let first: UInt32 = states.integer(at: record + 8), let count: UInt16 = states.integer(at: record + 12) else {
      return 0
    }
    var low = Int(first)
    var high = Int(first) + Int(count)
    while low < high {
      let middle = (low + high) / 2
      guard let named: UInt16 = edges.integer(at: middle * Self.edgeSize) else { return 0 }
      if named == symbol { return Int(edges.integer(at: middle * Self.edgeSize + 2, as: UInt16.self) ?? 0) }
      if named < symbol { low = middle + 1 } else { high = middle }
    }
    return Int(states.integer(at: record + 14, as: UInt16.self) ?? 0)
  }

  /// The patterns that end in a state: bit `4 × kind + anchors` of `RuleKind`, where the anchors are 1 if the match must begin
  /// and 2 if it must end where a part of a sentence does.
  @inline(__always)
  func accepted(_ state: Int) -> UInt64 { states.integer(at: state * Self.stateSize) ?? 0 }
}
