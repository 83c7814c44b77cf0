import BundleFormat

/// The sections of the entries, and the table that finds them by id.
extension BundleWriter {
  // In the order of the keys: core-runs, cores, freshness, records, text, vector-scales, vectors.
  mutating func writeEntries(_ content: Content, _ places: [AnswerPlace]) throws {
    var firstQuestion = [UInt32](repeating: 0, count: content.inputs.entries.count)
    for (index, owner) in content.questions.owners.enumerated().reversed()
    where owner & QuestionRecord.distractorFlag == 0 {
      firstQuestion[Int(owner)] = UInt32(index)
    }
    try writeCores(content)
    try writeFreshness(content)
    let stored = content.inputs.entries.prefix(content.ordinals.entries.stored)
    var ids = HashTableBuilder(count: stored.count)
    try section(.entryRecords, elementSize: EntryRecord.size) { writer in
      var address = BlobAddress()
      for slot in content.ordinals.entries.slots {
        guard let index = slot else {
          try writer.append([UInt8](repeating: 0, count: EntryRecord.size))
          continue
        }
        let entry = content.inputs.entries[index]
        let text = Self.entryText(entry)
        let record = EntryRecord(
          answerAddress: places[index].address, frameLength: places[index].frameLength,
          answerLength: places[index].answerLength, validFrom: entry.validFrom ?? Int64.min,
          validUntil: entry.validUntil ?? Int64.max,
          textAddress: address.next(text.id.count + text.source.count + text.scope.count + text.usage.count),
          idLength: UInt16(text.id.count), sourceLength: UInt16(text.source.count),
          scopeLength: UInt16(text.scope.count), usageLength: UInt16(text.usage.count),
          route: Self.route(entry.route, in: content.routes),
          flags: Self.flags(
            entry, excused: content.questionRules.excused[index], slots: content.marks.slots[index]),
          canonicalQuestion: content.ordinals.questions.ordinals[
            Int(firstQuestion[Int(entry.mergedInto ?? UInt32(index))])],
          mergedInto: entry.mergedInto.map { content.ordinals.entries.ordinals[Int($0)] })
        try writer.append(record.encoded)
        ids.add(
          text.id.withBytes { KeyHash.of($0, domain: KeyHash.entryID) },
          ordinal: content.ordinals.entries.ordinals[index])
      }
    }
    try blob(
      .entryText,
      stored.lazy.map { entry in
        let text = Self.entryText(entry)
        return text.id + text.source + text.scope + text.usage
      })
    try writeEntryVectors(content.encoder.entryVectors, content.ordinals.entries.slots)
    try table(.idTable, ids.slots)
  }

  private static func flags(_ entry: EntryInput, excused: RuleClasses, slots: VetoKinds) -> UInt32 {
    (entry.isExactOnly ? EntryRecord.exactOnly : 0) | (entry.isTemplate ? EntryRecord.template : 0)
      | UInt32(excused.rawValue) << EntryRecord.excusedShift
      | UInt32(slots.rawValue) << EntryRecord.slotShift
  }

  // In the order of the keys: core-runs, cores. Entries that share a wording have the core of all their wordings.
  private mutating func writeCores(_ content: Content) throws {
    let groups = content.questions.ownersByWording
    let wordings = OwnerWordings(groups)
    var hasCores = false
    wordings.visit { _, own in hasCores = hasCores || own.count >= EntryCores.fewestWordings }
    guard hasCores else { return }
    let cores = EntryCores(content.encoder.texts, owners: groups, weights: content.encoder.weights)
    var groupOf: [UInt32: UInt32] = [:]
    for (question, owner) in content.questions.owners.enumerated() { groupOf[owner] = groups[question] }
    var records: [UInt8] = []
    var runs: [[UInt8]] = []
    var address = BlobAddress()
    for slot in content.ordinals.entries.slots {
      guard let entry = slot.map({ UInt32($0) }) else {
        records.append(contentsOf: PieceRunRecord(address: 0, count: 0, wordings: 1).encoded)
        continue
      }
      let group = groupOf[entry] ?? entry
      let core = cores.core(group)
      let run = EntryCores.encoded(core)
      let record = PieceRunRecord(
        address: address.next(run.count), count: UInt32(core.count),
        wordings: UInt32(max(wordings.count(group), 1)))
      records.append(contentsOf: record.encoded)
      runs.append(run)
    }
    try whole(.entryCoreRuns, elementSize: PieceRunRecord.size, records)
    try blob(.entryCores, runs)
  }

  private mutating func writeFreshness(_ content: Content) throws {
    let entries = content.inputs.entries
    let slots = content.ordinals.entries.slots
    guard slots.contains(where: { $0.map { !entries[$0].freshness.isEmpty } ?? false }) else { return }
    try section(.entryFreshness, elementSize: FreshnessRecord.size) { writer in
      for slot in slots {
        try writer.append((slot.map { entries[$0].freshness } ?? EntryFreshness()).record.encoded)
      }
    }
  }

  private mutating func writeEntryVectors(_ learned: EntryVectors?, _ slots: [Int?]) throws {
    guard let learned else { return }
    var scales: [UInt8] = []
    for slot in slots { scales.append(littleEndian: slot.map { learned.scales[$0] } ?? 0) }
    try whole(.entryVectorScales, elementSize: EntrySimilarity.scaleSize, scales)
    let blank = [UInt8](repeating: 0, count: learned.rows.stride)
    try section(.entryVectors, elementSize: learned.rows.stride) { writer in
      for slot in slots {
        if let slot { try writer.append(learned.rows.row(slot).bytes) } else { try writer.append(blank) }
      }
    }
  }

  private static func entryText(
    _ entry: EntryInput
  ) -> (id: [UInt8], source: [UInt8], scope: [UInt8], usage: [UInt8]) {
    let source = Array((entry.source ?? "").utf8)
    return (Array(entry.id.utf8), source, entry.scope.scopeText, Array((entry.usage ?? "").utf8))
  }
}
