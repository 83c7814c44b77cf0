import BundleFormat

extension Bundle {
  /// The record of a stored question.
  public func question(_ ordinal: UInt32) throws(BundleError) -> QuestionRecord {
    if let base, let ordinal = base.question(ordinal) { return base.shown(try base.bundle.question(ordinal)) }
    guard let record = QuestionRecord(try element(.questionRecords, Int(ordinal))) else {
      throw .malformedSection(.questionRecords)
    }
    return record
  }

  /// The wording of a stored question, UTF-8.
  public func questionText(_ ordinal: UInt32) throws(BundleError) -> Bytes {
    let record = try question(ordinal)
    return try blob(.questionText, address: record.textAddress, length: Int(record.textLength))
  }

  /// What a stored question says that an answer must agree with; empty if the bundle has no marks.
  public func marks(_ ordinal: UInt32) throws(BundleError) -> QuestionMarks {
    if let base, let ordinal = base.question(ordinal) { return try base.bundle.marks(ordinal) }
    if count(.questionMarkRecords) == 0 { return QuestionMarks(try blob(.questionMarks, address: 0, length: 0)) }
    guard let place = MarkPlace(try element(.questionMarkRecords, Int(ordinal))) else {
      throw .malformedSection(.questionMarkRecords)
    }
    return QuestionMarks(try blob(.questionMarks, address: place.address, length: Int(place.length)))
  }

  /// The record of an entry.
  ///
  /// - Throws: `malformedSection` if no entry has the ordinal: nothing sound leads to a hole.
  public func entry(_ ordinal: UInt32) throws(BundleError) -> EntryRecord {
    if let base, let ordinal = base.entry(ordinal) { return base.shown(try base.bundle.entry(ordinal)) }
    guard let record = EntryRecord(try element(.entryRecords, Int(ordinal))), !record.isHole else {
      throw .malformedSection(.entryRecords)
    }
    return record
  }

  /// Whether no entry has this ordinal, which an earlier build of the bundle gave to one that is gone; for tools that visit all.
  public func isHole(entry ordinal: UInt32) throws(BundleError) -> Bool {
    if let base, let ordinal = base.entry(ordinal) {
      return try isReplaced(ordinal) ? true : try base.bundle.isHole(entry: ordinal)
    }
    return EntryRecord(try element(.entryRecords, Int(ordinal)))?.isHole ?? true
  }

  /// The number of entries, holes left out. O(entries).
  public func countEntries() throws(BundleError) -> Int {
    var count = 0
    for ordinal in 0..<entryCount where try !isHole(entry: UInt32(ordinal)) { count += 1 }
    return count
  }

  /// The ordinals that entries have, ascending, holes left out; for tools that visit all. O(entries).
  public func entryOrdinals() throws(BundleError) -> [UInt32] {
    var ordinals: [UInt32] = []
    for ordinal in 0..<UInt32(entryCount) where try !isHole(entry: ordinal) { ordinals.append(ordinal) }
    return ordinals
  }

  /// Whether no question has this ordinal, as with entries, or in a pair the layer replaces the entry that it belongs to.
  public func isHole(question ordinal: UInt32) throws(BundleError) -> Bool {
    let owner = try question(ordinal).owner
    if owner == QuestionRecord.hole { return true }
    return owner & QuestionRecord.distractorFlag == 0 ? try isHole(entry: owner) : false
  }

  /// The four texts of an entry.
  public struct EntryText {
    /// The entry's id.
    public var id: Bytes
    /// Where its answer comes from; empty if not stated.
    public var source: Bytes
    /// What it is valid for, as scope text; empty for everything.
    public var scope: Bytes
    /// What its answer cost to make, as JSON; empty if not stated.
    public var usage: Bytes
  }

  /// The texts of an entry.
  public func entryText(_ record: EntryRecord) throws(BundleError) -> EntryText {
    let id = Int(record.idLength)
    let source = Int(record.sourceLength)
    let scope = Int(record.scopeLength)
    let usage = Int(record.usageLength)
    let text = try blob(.entryText, address: record.textAddress, length: id + source + scope + usage)
    guard let idText = text.slice(0, id), let sourceText = text.slice(id, source),
      let scopeText = text.slice(id + source, scope), let usageText = text.slice(id + source + scope, usage)
    else { throw .malformedSection(.entryText) }
    return EntryText(id: idText, source: sourceText, scope: scopeText, usage: usageText)
  }

  /// When an entry's answer was made, and how long that is to last; `nil` if the bundle says it of no entry. For tools.
  public func freshness(_ ordinal: UInt32) throws(BundleError) -> FreshnessRecord? {
    if let base, let ordinal = base.entry(ordinal) { return try base.bundle.freshness(ordinal) }
    guard count(.entryFreshness) > 0 else { return nil }
    guard let record = FreshnessRecord(try element(.entryFreshness, Int(ordinal))) else {
      throw .malformedSection(.entryFreshness)
    }
    return record
  }

  /// The learned vector of an entry and its scale, for `EntrySimilarity`; `nil` if the entry has none.
  ///
  /// - Throws: `malformedSection` if there is no such entry in a bundle with vectors, `damagedChunk`.
  public func entryVector(_ ordinal: UInt32) throws(BundleError) -> (row: Bytes, scale: UInt32)? {
    if let base, let ordinal = base.entry(ordinal) { return try base.bundle.entryVector(ordinal) }
    guard count(.entryVectors) > 0 else { return nil }
    guard let scale: UInt32 = try element(.entryVectorScales, Int(ordinal)).integer(at: 0) else {
      throw .malformedSection(.entryVectorScales)
    }
    guard scale > 0 else { return nil }
    return (try element(.entryVectors, Int(ordinal)), scale)
  }

  /// The record of a distractor.
  func distractor(_ owner: UInt32) throws(BundleError) -> DistractorRecord {
    if let base, let owner = base.distractor(owner) { return try base.bundle.distractor(owner) }
    let ordinal = owner & ~QuestionRecord.distractorFlag
    guard let record = DistractorRecord(try element(.questionDistractors, Int(ordinal))) else {
      throw .malformedSection(.questionDistractors)
    }
    return record
  }

  /// The ordinal of the entry with this id, or `nil`.
  public func entryOrdinal(id: Bytes) throws(BundleError) -> UInt32? {
    let own = try find(KeyHash.of(id, domain: KeyHash.entryID), in: .idTable) { ordinal throws(BundleError) in
      try entryText(try entry(ordinal)).id.equals(id)
    }
    guard own == nil, let base, let found = try base.bundle.entryOrdinal(id: id), try !isReplaced(found) else {
      return own
    }
    return found &+ base.entries
  }

  /// The name of a route, or `nil` for none.
  public func routeName(_ route: UInt16) -> [UInt8]? {
    Int(route) < routes.count ? routes[Int(route)] : nil
  }
}
