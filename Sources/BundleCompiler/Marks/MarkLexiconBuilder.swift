import BundleFormat

/// Words and phrases with their records, on the way into `decision/marks-lexicon`.
struct MarkLexiconBuilder {
  // In the order in which they were added, so that equal input gives equal bytes.
  private var keys: [[UInt8]] = []
  private var records: [MarkRecord] = []
  private var places: [[UInt8]: Int] = [:]

  /// What a word already is, if an addition contradicts it.
  enum Conflict: Error {
    case role
    case sides
    case unit
  }

  /// Adds what `record` says about a word or phrase (normal form, words joined by one space) to what is known of it.
  ///
  /// - Throws: `Conflict` if the word has another role, another unit or two other antonyms.
  mutating func add(_ key: [UInt8], _ record: MarkRecord) throws(Conflict) {
    guard let place = places[key] else {
      places[key] = keys.count
      keys.append(key)
      records.append(record)
      return
    }
    records[place] = try Self.merged(records[place], record)
  }

  private static func merged(_ known: MarkRecord, _ added: MarkRecord) throws(Conflict) -> MarkRecord {
    var role = known
    // Whatever else a word is comes before its being a unit.
    if !added.isWithoutRole, known.isWithoutRole {
      role = added
    } else if !added.isWithoutRole {
      guard added.role == known.role else { throw .role }
      // Several lines may enable a verb for several kinds of particle.
      let isVerb = added.role == MarkRecord.Role.particleVerb.rawValue
      guard isVerb || added.value == known.value else { throw .role }
      if isVerb { role = MarkRecord(role: .particleVerb, value: added.value | known.value) }
    }
    guard known.unitClass == 0 || added.unitClass == 0 else { throw .unit }
    let unit = known.unitClass != 0 ? known : added
    let isParticle = role.role == MarkRecord.Role.particle.rawValue
    guard unit.unitClass == 0 || !isParticle else { throw .unit }
    var sides: [UInt16] = []
    for side in [known.firstSide, known.secondSide, added.firstSide] where side != 0 && !sides.contains(side) {
      sides.append(side)
    }
    guard sides.count <= 2 else { throw .sides }
    let hasUnit = unit.unitClass != 0
    return MarkRecord(
      role: role.isWithoutRole ? (hasUnit ? .unit : .none) : MarkRecord.Role(rawValue: role.role) ?? .none,
      flags: known.flags | added.flags, firstSide: sides.first ?? 0, secondSide: sides.dropFirst().first ?? 0,
      unitClass: unit.unitClass, unitExponent: hasUnit ? unit.unitExponent : 0, value: role.value,
      unitFactor: hasUnit ? unit.unitFactor : role.unitFactor)
  }

  /// The section's bytes.
  var encoded: [UInt8] {
    var all = self
    all.addBeginnings()
    var distinct: [MarkRecord] = []
    var numbers: [[UInt8]: UInt32] = [:]
    // Two thirds full at most, since a search for a word that is not there ends at the first empty slot.
    var slotCount = 2
    while slotCount * 2 < all.keys.count * 3 { slotCount *= 2 }
    var slots = [UInt64](repeating: UInt64.max, count: slotCount)
    for (index, key) in all.keys.enumerated() {
      let record = all.records[index]
      let number = numbers[record.encoded] ?? UInt32(distinct.count)
      if Int(number) == distinct.count {
        numbers[record.encoded] = number
        distinct.append(record)
      }
      let hash = key.withBytes { KeyHash.of($0, domain: MarkLexicon.domain) }
      var slot = HashTable.firstSlot(hash, slots: slotCount)
      while slots[slot] != UInt64.max { slot = (slot + 1) & (slotCount - 1) }
      slots[slot] = UInt64(HashTable.tag(hash)) | UInt64(number) << 32
    }
    var bytes: [UInt8] = []
    bytes.append(littleEndian: MarkLexicon.kind)
    bytes.append(littleEndian: UInt32(slotCount))
    bytes.append(littleEndian: UInt32(distinct.count))
    bytes.append(littleEndian: UInt32(0))
    bytes.append(contentsOf: HashTableBuilder.encode(slots))
    for record in distinct { bytes.append(contentsOf: record.encoded) }
    return bytes
  }

  /// Marks every proper beginning of a phrase as one, adding those that mean nothing themselves.
  private mutating func addBeginnings() {
    for key in keys where key.contains(0x20) {
      for index in key.indices where key[index] == 0x20 {
        let beginning = Array(key[..<index])
        if let place = places[beginning] {
          records[place] = records[place].with(MarkRecord.startsPhrase)
        } else {
          places[beginning] = keys.count
          keys.append(beginning)
          records.append(MarkRecord(flags: MarkRecord.startsPhrase | MarkRecord.isBeginning))
        }
      }
    }
  }
}

extension MarkRecord {
  fileprivate var isWithoutRole: Bool { role == Role.none.rawValue || role == Role.unit.rawValue }
}
