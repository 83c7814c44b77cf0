/// Which words of a text are courtesy.
extension RuleMatcher {
  /// Marks the words to cut in `isCut`. False if there are none, or if nothing else would be left.
  mutating func findCuts(_ table: RuleTable) -> Bool {
    guard findCourtesy(table) else { return false }
    let left = cutPhrases()
    if left == 0 { return false }
    return left - cutIdle(left) < count
  }

  // Marks phrases of courtesy; returns how many words are left.
  private mutating func cutPhrases() -> Int {
    var first = 0
    while first < count {
      // Of the two the longer, and neither where words only look like courtesy.
      let end = max(Int(openingEnds[first]), Int(anywhereEnds[first]))
      if end <= first || Int(keptEnds[first]) >= end { break }
      first = end
    }
    var last = count
    while last > first, closingStarts[last] >= 0, Int(closingStarts[last]) >= first { last = Int(closingStarts[last]) }
    var left = 0
    var word = 0
    while word < count {
      if word < first || word >= last {
        isCut[word] = Self.phrase
        word += 1
        continue
      }
      let end = min(Int(anywhereEnds[word]), last)
      if end > word, Int(keptEnds[word]) < end {
        while word < end {
          isCut[word] = Self.phrase
          word += 1
        }
        continue
      }
      isCut[word] = 0
      left += 1
      word += 1
    }
    return left
  }

  // Marks sentences that ask for nothing, wherever they stand, and such parts of sentences at the ends of the message; returns how
  // many more words that cuts, of `left`.
  private mutating func cutIdle(_ left: Int) -> Int {
    var cut = 0
    var first = 0
    while first < count {
      let end = segmentEnd(first, SentenceBreak.sentence)
      if isIdle(first, end) { cut += markIdle(first, end) }
      first = end
    }
    first = 0
    while first < count {
      let end = segmentEnd(first, SentenceBreak.clause)
      guard isIdle(first, end) else { break }
      cut += markIdle(first, end)
      first = end
    }
    // A question may follow a phrase of courtesy, and what asks for nothing, without a mark.
    var end = first
    var isCourteous = false
    while end < count, let next = idleStep(end, count) {
      isCourteous = isCourteous || isPhrase[end] != 0
      end = next
    }
    if isCourteous, end < count, asks[end] != 0 { cut += markIdle(first, end) }
    cut += cutClosingParts()
    if cut < left { return cut }
    // A message that asks for nothing at all is asked as it is.
    for word in 0..<count where isCut[word] == Self.idle { isCut[word] = 0 }
    return 0
  }

  // The parts at the end of the message that ask for nothing, with the name of who wrote it; then, without a mark before it, what
  // begins with a phrase of courtesy and asks for nothing from there on.
  private mutating func cutClosingParts() -> Int {
    var cut = 0
    var last = count
    while last > 0 {
      let first = partStart(last)
      if !isIdle(first, last) {
        guard last == count, last - first <= Self.longestName, first > 0 else { break }
        let before = partStart(first)
        guard before > 0, isIdle(before, first) else { break }
        for word in first..<last where asks[word] != 0 || keptEnds[word] > 0 { return cut }
      }
      cut += markIdle(first, last)
      last = first
    }
    var word = 1
    while word < last {
      if isPhrase[word] != 0, isIdle(word, last) { return cut + markIdle(word, last) }
      word += 1
    }
    return cut
  }

  // The most words of a name under a message.
  private static var longestName: Int { 2 }

  private func partStart(_ end: Int) -> Int {
    var first = end - 1
    while first > 0, breaks[first] == SentenceBreak.none { first -= 1 }
    return first
  }

  // What `isCut` holds for a word of a phrase, and for one that was cut because its sentence asks for nothing.
  private static var phrase: UInt8 { 1 }
  private static var idle: UInt8 { 2 }

  private func segmentEnd(_ first: Int, _ least: UInt8) -> Int {
    var end = first + 1
    while end < count, breaks[end] < least { end += 1 }
    return end
  }

  // Whether the words from `first` up to `end` are phrases of courtesy and words that ask for nothing, and no question.
  private func isIdle(_ first: Int, _ end: Int) -> Bool {
    if end < count, breaks[end] == SentenceBreak.question { return false }
    var word = first
    while word < end {
      guard let next = idleStep(word, end) else { return false }
      word = next
    }
    return true
  }

  // The end of what asks for nothing from `word` on, not beyond `end`; `nil` if that is nothing.
  private func idleStep(_ word: Int, _ end: Int) -> Int? {
    if isCut[word] != 0 { return word + 1 }
    let next = Int(idleEnds[word])
    return asks[word] == 0 && next > word && next <= end && Int(keptEnds[word]) < next ? next : nil
  }

  private mutating func markIdle(_ first: Int, _ end: Int) -> Int {
    var marked = 0
    for word in first..<end where isCut[word] == 0 {
      isCut[word] = Self.idle
      marked += 1
    }
    return marked
  }

  // Fills the tables of what may be cut; false if there is nothing.
  private mutating func findCourtesy(_ table: RuleTable) -> Bool {
    var found = false
    for word in 0..<count {
      met[word] = 0
      openingEnds[word] = 0
      anywhereEnds[word] = 0
      keptEnds[word] = 0
      idleEnds[word] = 0
      asks[word] = 0
      isPhrase[word] = 0
      closingStarts[word] = -1
    }
    closingStarts[count] = -1
    for word in 0..<count {
      guard walk.begin(word, count: count, symbols, table) else { continue }
      repeat {
        guard walk.accepts(table) else { continue }
        let end = walk.end
        // What is left of a greeting begins a sentence of its own, so an opening's start needs no other anchor.
        let kinds = walk.kinds(table, begins: isBoundary(word), ends: isBoundary(end))
        if kinds == 0 {
          // An anchor may hold once courtesy is gone.
          met[word] |= walk.kinds(table, begins: true, ends: true).ofClasses
          continue
        }
        met[word] |= kinds.ofClasses
        let place = Int16(truncatingIfNeeded: end)
        if kinds.has(.opening) { openingEnds[word] = max(openingEnds[word], place) }
        if kinds.has(.anywhere) { anywhereEnds[word] = max(anywhereEnds[word], place) }
        if kinds.has(.kept) { keptEnds[word] = max(keptEnds[word], place) }
        if kinds.has(.closing) || kinds.has(.anywhere), !kinds.has(.kept), closingStarts[end] < 0 {
          closingStarts[end] = Int16(truncatingIfNeeded: word)
        }
        if kinds.has(.opening) || kinds.has(.closing) || kinds.has(.anywhere) {
          isPhrase[word] = 1
          idleEnds[word] = max(idleEnds[word], place)
        }
        if kinds.has(.idle) { idleEnds[word] = max(idleEnds[word], place) }
        if kinds.has(.question) || (kinds.has(.request) && isBoundary(word)) { asks[word] = 1 }
      } while walk.advance(symbols, breaks, table)
      if isPhrase[word] != 0 { asks[word] = 0 }
      found = found || idleEnds[word] > 0
    }
    return found
  }
}
