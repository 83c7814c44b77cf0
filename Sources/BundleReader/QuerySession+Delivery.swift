import BundleFormat

/// Handing out the answer of an entry: its time and its text.
extension QuerySession {
  mutating func deliver(_ found: Outcome, _ query: Query) throws(BundleError) -> Outcome {
    guard let entry = found.entry else { return fallback(.noMatch) }
    let record = try bundle.entry(entry)
    if query.now < record.validFrom || query.now >= record.validUntil {
      return withheld(found, query.now < record.validFrom ? .notYetValid : .expired, record)
    }
    endStage(.decide)
    try decoder.decode(record, of: entry, in: bundle)
    if record.flags & EntryRecord.template != 0, try !fill(query.variables, of: entry) {
      decoder.clear()
      return withheld(found, .missingVariable, record)
    }
    endStage(.decompress)
    return found
  }

  // The fallback that a hit becomes because of its entry alone.
  private func withheld(_ found: Outcome, _ reason: FallbackReason, _ record: EntryRecord) -> Outcome {
    var outcome = found
    outcome.kind = nil
    outcome.confidence = 0
    outcome.reason = reason
    outcome.hasOwnRoute = record.route != EntryRecord.noRoute
    outcome.route = outcome.hasOwnRoute ? record.route : bundle.decision.defaultRoute
    return outcome
  }

  mutating func clearAnswer() {
    decoder.clear()
    filler.clear()
    promptFiller.clear()
    isFilled = false
  }
}
