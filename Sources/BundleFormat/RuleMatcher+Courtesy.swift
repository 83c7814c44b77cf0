/// Which words of a text are courtesy.
extension RuleMatcher {
  /// Marks the words to cut in `isCut`. False if there are none, or if nothing else would be left.
  mutating func findCuts(_ table: RuleTable) -> Bool {
    guard findCourtesy(table) else { return false }
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
        isCut[word] = 1
        word += 1
        continue
      }
      let end = min(Int(anywhereEnds[word]), last)
      if end > word, Int(keptEnds[word]) < end {
        while word < end {
          isCut[word] = 1
          word += 1
        }
        continue
      }
      isCut[word] = 0
      left += 1
      word += 1
    }
    return left > 0 && left < count
  }

  // Fills the tables of what may be cut; false if there is nothing.
  private mutating func findCourtesy(_ table: RuleTable) -> Bool {
    var found = false
    for word in 0..<count {
      met[word] = 0
      openingEnds[word] = 0
      anywhereEnds[word] = 0
      keptEnds[word] = 0
      closingStarts[word] = -1
    }
    closingStarts[count] = -1
    for word in 0..<count {
      guard walk.begin(word, count: count, symbols, table) else { continue }
      repeat {
        let end = walk.end
        // What is left of a greeting begins a sentence of its own, so an opening's start needs no other anchor.
        let kinds = walk.kinds(table, begins: isBoundary(word), ends: isBoundary(end))
        if kinds == 0 {
          // An anchor may hold once courtesy is gone.
          met[word] |= walk.kinds(table, begins: true, ends: true) >> RuleKind.question.firstBit
          continue
        }
        met[word] |= kinds >> RuleKind.question.firstBit
        let place = Int16(truncatingIfNeeded: end)
        if kinds.has(.opening) { openingEnds[word] = max(openingEnds[word], place) }
        if kinds.has(.anywhere) { anywhereEnds[word] = max(anywhereEnds[word], place) }
        if kinds.has(.kept) { keptEnds[word] = max(keptEnds[word], place) }
        if kinds.has(.closing) || kinds.has(.anywhere), !kinds.has(.kept), closingStarts[end] < 0 {
          closingStarts[end] = Int16(truncatingIfNeeded: word)
        }
        if kinds.has(.opening) || kinds.has(.closing) || kinds.has(.anywhere) { found = true }
      } while walk.advance(symbols, breaks, table)
    }
    return found
  }
}
