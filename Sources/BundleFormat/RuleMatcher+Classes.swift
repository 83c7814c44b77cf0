/// Which never-classes a text shows, and whether it holds several requests.
extension RuleMatcher {
  /// The fewest words of a request that another may follow without a mark or a joint between them.
  private static var shortestRequest: Int { 3 }

  /// Walks over the words that are left and notes what they show.
  mutating func findClasses(_ table: RuleTable) {
    var requests = 0
    var lastRequest = -1
    var jointEnd = -1
    // The end of a joint that follows a question mark: whatever comes then is a second request.
    var markedEnd = -1
    var embeddedUntil = 0
    var expletiveUntil = 0
    for word in 0..<count {
      var opens = false
      var opensQuestion = false
      if met[word] != 0, walk.begin(word, count: count, symbols, table) {
        var referenceEnd = 0
        repeat {
          let end = walk.end
          let beginsSentence = word == 0 || breaks[word] >= SentenceBreak.sentence
          let endsSentence = end == count || breaks[end] >= SentenceBreak.sentence
          // What a message lacks shows at its own ends only; what it asks for, at those of its sentences.
          let kinds =
            walk.kinds(table, begins: beginsSentence, ends: endsSentence) & ~RuleKind.ofMessage
            | walk.kinds(table, begins: word == 0, ends: end == count) & RuleKind.ofMessage
          if kinds == 0 { continue }
          if kinds.has(.personal) { note(.personal, word, end, table) }
          if kinds.has(.possessive) { note(.possessive, word, end, table) }
          if kinds.has(.live) { note(.live, word, end, table) }
          if kinds.has(.action) { note(.action, word, end, table) }
          if kinds.has(.context) { note(.context, word, end, table) }
          if kinds.has(.reference) { referenceEnd = end }
          if kinds.has(.expletive) { expletiveUntil = max(expletiveUntil, end) }
          if kinds.has(.embedding) { embeddedUntil = max(embeddedUntil, end) }
          if kinds.has(.question) { opensQuestion = true }
          if kinds.has(.request) { opens = true }
          if kinds.has(.joint) {
            jointEnd = max(jointEnd, end)
            if word > 0, breaks[word] == SentenceBreak.question { markedEnd = jointEnd }
          }
        } while walk.advance(symbols, breaks, table)
        if referenceEnd > 0, word >= expletiveUntil { note(.reference, word, referenceEnd, table) }
      }
      if word == markedEnd, count - word >= RuleMatcher.shortestRequest {
        note(.several, 0, word + 1, table)
      }
      let begins = word == 0 || breaks[word] >= SentenceBreak.sentence
      if begins || (word == jointEnd && word >= embeddedUntil && (lastRequest < 0 || word - lastRequest > 2)) {
        // After a mark or a joint any request counts, but "how and when" is one.
        guard opens || opensQuestion else { continue }
      } else if breaks[word] == SentenceBreak.clause {
        guard opensQuestion else { continue }
      } else {
        guard opensQuestion, word >= embeddedUntil, lastRequest >= 0,
          word - lastRequest >= RuleMatcher.shortestRequest
        else { continue }
      }
      requests += 1
      if requests == 2 { note(.several, lastRequest, word + 1, table) }
      lastRequest = word
    }
  }
}
