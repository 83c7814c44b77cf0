import BundleFormat

/// Patterns as a deterministic automaton over classes of words, made by the subset construction.
///
/// Every order in it follows from the patterns alone, so that the same patterns give the same bytes.
struct RuleAutomaton {
  /// A state: which patterns end here, and where words lead. State 0 is never reached.
  struct State {
    var accepted: UInt64 = 0
    /// Symbol and target, in the order of symbols.
    var edges: [(symbol: Int, target: Int)] = []
    /// The target of every other word; 0 for none.
    var other = 0
  }

  /// The symbol of each word, from 1, in the order of the words' bytes.
  private(set) var symbols: [(word: String, symbol: Int)] = []
  private(set) var symbolCount = 1
  private(set) var states = [State()]
  /// For each symbol the state that it leads to from the beginning.
  private(set) var roots: [Int] = []

  // What may still follow: patterns that go on alike share it.
  private struct Rest: Hashable {
    // The place in `elements`; -1 at the end, where `next` is the bit that the pattern sets.
    var element: Int
    var next: Int
  }

  private var elements: [RulePattern.Element] = []
  private var rests: [Rest] = []
  private var restNumbers: [Rest: Int] = [:]
  private var symbolsOf: [[Int]] = []
  private var stateNumbers: [[Int]: Int] = [:]
  private var members: [[Int]] = [[]]

  init(_ patterns: [RulePattern]) {
    var starts: [Int] = []
    var elementNumbers: [RulePattern.Element: Int] = [:]
    for pattern in patterns {
      var rest = number(Rest(element: -1, next: 4 * Int(pattern.kind.rawValue) + Int(pattern.anchors)))
      for element in pattern.elements.reversed() {
        let place = elementNumbers[element] ?? elements.count
        if place == elements.count {
          elementNumbers[element] = place
          elements.append(element)
        }
        rest = number(Rest(element: place, next: rest))
      }
      starts.append(rest)
    }
    nameSymbols()
    let (named, _) = follow(merged(starts))
    roots = [Int](repeating: 0, count: symbolCount)
    for (symbol, rests) in named { roots[symbol] = state(rests) }
    var next = 1
    while next < states.count {
      let (named, other) = follow(members[next])
      let target = state(other)
      states[next].other = target
      for (symbol, rests) in named {
        let target = state(rests)
        if target != states[next].other { states[next].edges.append((symbol, target)) }
      }
      next += 1
    }
    merge()
  }

  private struct Behaviour: Hashable {
    var accepted: UInt64
    var other: Int
    var edges: [[Int]]
  }

  // States from which every text is accepted alike become one (Moore's algorithm). Blocks are numbered in the order of their
  // first states, so that state 0 stays what it is.
  private mutating func merge() {
    var blocks = [Int](repeating: 0, count: states.count)
    var count = 1
    while true {
      var known: [Behaviour: Int] = [:]
      let refined = states.indices.map { number -> Int in
        let state = states[number]
        // Nothing leads to state 0, and no other may become one with it.
        let other = number == 0 ? -1 : state.other == 0 ? 0 : blocks[state.other] + 1
        let behaviour = Behaviour(
          accepted: state.accepted, other: other,
          edges: state.edges.map { [$0.symbol, $0.target == 0 ? 0 : blocks[$0.target] + 1] })
        if let block = known[behaviour] { return block }
        known[behaviour] = known.count
        return known.count - 1
      }
      blocks = refined
      if known.count == count { break }
      count = known.count
    }
    var merged: [State] = []
    for (number, state) in states.enumerated() where blocks[number] == merged.count {
      merged.append(
        State(
          accepted: state.accepted, edges: state.edges.map { ($0.symbol, blocks[$0.target]) },
          other: blocks[state.other]))
    }
    states = merged
    roots = roots.map { blocks[$0] }
  }

  private mutating func number(_ rest: Rest) -> Int {
    if let known = restNumbers[rest] { return known }
    restNumbers[rest] = rests.count
    rests.append(rest)
    return rests.count - 1
  }

  // Words that fit the same places are one symbol.
  private mutating func nameSymbols() {
    var places: [String: [Int]] = [:]
    for (place, element) in elements.enumerated() {
      for word in element.words { places[word, default: []].append(place) }
    }
    var known: [[Int]: Int] = [:]
    symbolsOf = Array(repeating: [], count: elements.count)
    for word in places.keys.sorted(by: { $0.utf8.lexicographicallyPrecedes($1.utf8) }) {
      let signature = places[word] ?? []
      let symbol = known[signature] ?? symbolCount
      if symbol == symbolCount {
        known[signature] = symbol
        symbolCount += 1
        for place in signature { symbolsOf[place].append(symbol) }
      }
      symbols.append((word, symbol))
    }
  }

  // The rests and all that is reached from them without a word.
  private func merged(_ rests: [Int]) -> [Int] {
    var reached: Set<Int> = []
    for var rest in rests {
      // What may be left out is followed by one rest only.
      while reached.insert(rest).inserted, self.rests[rest].element >= 0, elements[self.rests[rest].element].isOptional
      {
        rest = self.rests[rest].next
      }
    }
    return reached.sorted()
  }

  // Where each symbol leads that some rest names, in the order of symbols, and where every other word does.
  private func follow(_ rests: [Int]) -> (named: [(symbol: Int, rests: [Int])], other: [Int]) {
    var always: [Int] = []
    var named: [Int: [Int]] = [:]
    for rest in rests where self.rests[rest].element >= 0 {
      let place = self.rests[rest].element
      if elements[place].words.isEmpty { always.append(self.rests[rest].next) }
      for symbol in symbolsOf[place] { named[symbol, default: []].append(self.rests[rest].next) }
    }
    let sorted = named.sorted { $0.key < $1.key }
    return (sorted.map { ($0.key, merged($0.value + always)) }, merged(always))
  }

  private mutating func state(_ rests: [Int]) -> Int {
    if rests.isEmpty { return 0 }
    if let known = stateNumbers[rests] { return known }
    stateNumbers[rests] = states.count
    var state = State()
    for rest in rests where self.rests[rest].element < 0 { state.accepted |= 1 << UInt64(self.rests[rest].next) }
    states.append(state)
    members.append(rests)
    return states.count - 1
  }

  /// Whether every symbol and state has a number that the table can hold.
  var fits: Bool { symbolCount <= 1 << 16 && states.count <= 1 << 16 }

  /// The bytes of `decision/rules`, if it `fits`.
  ///
  /// - Parameter flags: The classes that are on, and `RuleTable.courtesyFlag`.
  func encoded(flags: UInt32) -> [UInt8] {
    var text: [UInt8] = []
    var words: [UInt8] = []
    var table = HashTableBuilder(count: symbols.count)
    for (index, named) in symbols.enumerated() {
      let utf8 = Array(named.word.utf8)
      table.add(utf8.withBytes { KeyHash.of($0, domain: KeyHash.ruleWord) }, ordinal: UInt32(index))
      words.append(littleEndian: UInt32(text.count))
      words.append(littleEndian: UInt16(named.symbol))
      words.append(UInt8(utf8.count))
      words.append(0)
      text += utf8
    }
    var records: [UInt8] = []
    var edges: [UInt8] = []
    for state in states {
      records.append(littleEndian: state.accepted)
      records.append(littleEndian: UInt32(edges.count / RuleTable.edgeSize))
      records.append(littleEndian: UInt16(truncatingIfNeeded: state.edges.count))
      records.append(littleEndian: UInt16(truncatingIfNeeded: state.other))
      for edge in state.edges {
        edges.append(littleEndian: UInt16(truncatingIfNeeded: edge.symbol))
        edges.append(littleEndian: UInt16(truncatingIfNeeded: edge.target))
      }
    }
    var bytes: [UInt8] = []
    for count in [
      Int(RuleTable.wordPatterns), Int(flags), table.encoded.count / HashTable.slotSize, symbols.count, symbolCount,
      states.count, edges.count / RuleTable.edgeSize, text.count,
    ] { bytes.append(littleEndian: UInt32(count)) }
    bytes += table.encoded + words
    for root in roots { bytes.append(littleEndian: UInt16(truncatingIfNeeded: root)) }
    return bytes + records + edges + text
  }
}
