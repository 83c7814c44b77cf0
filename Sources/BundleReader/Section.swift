import BundleFormat

/// One section of an open bundle: how many elements of which size, and which segments hold them.
struct Section {
  /// The size of an element in bytes; 1 for a blob.
  var elementSize = 0
  /// The number of elements (for a blob: of bytes, over all segments).
  var count = 0
  /// The binary logarithm of the number of elements in every segment but the last.
  var shift = 0
  /// The place of the section's first segment in the directory's list, and how many there are.
  var firstSegment = 0
  var segmentCount = 0
  /// The offset of the first segment's payload.
  var start = 0
}

/// Where every segment of every section lies. Made once at open by walking the LMDB pages; after that a record is found by
/// arithmetic alone.
///
/// Of a section only the first segment is read. How much the others hold follows from the lengths in the directory, so that
/// opening looks at as many places of a large file as of a small one.
struct SectionDirectory: ~Copyable {
  private static let maximumSegments = 16_384
  private static let keyDigits = 8

  private var sections: [Section]
  // Payload offset and length of each segment, two words each.
  private var places: [Int] = []

  /// Walks the LMDB part and collects the segments of every section this version knows; others are ignored.
  ///
  /// - Parameter verity: Checks every page. `nil` to check none, for looking at damage: the result may then be wrong, but the
  ///   walk ends and stays inside the data whatever the bytes are.
  /// - Throws: `malformedPage`, `malformedSection`, `missingSection` or `damagedChunk`.
  init(data: Bytes, verity: VerityTree?) throws(BundleError) {
    sections = [Section](repeating: Section(), count: SectionName.allCases.count)
    var pages = try LMDBPages(data: data, verity: verity)
    var databases: [(name: Bytes, root: UInt64)] = []
    let mainRoot = pages.mainRoot
    try pages.visit(root: mainRoot) { node throws(BundleError) in
      guard node.flags & LMDBPages.subtreeFlag != 0, node.overflowPage == nil,
        let record = data.slice(node.valueOffset, node.valueLength), let root: UInt64 = record.integer(at: 40)
      else { return }
      // A database that this version does not know may be of any kind, so its pages are not even looked at.
      if SectionName.allCases.contains(where: { Self.equal(node.key, $0.database) }) {
        // One database has one name, so there can be no more than there are sections.
        guard databases.count < SectionName.allCases.count else { throw .malformedPage(page: mainRoot) }
        databases.append((node.key, root))
      }
    }
    var found: [(section: SectionName, number: Int, node: LMDBNode)] = []
    for database in databases {
      var known: (section: SectionName, key: Bytes)?
      try pages.visit(root: database.root) { node throws(BundleError) in
        // The segments of a section follow each other, so names are compared once for each.
        if let section = known?.section, let key = known?.key, Self.haveSamePrefix(key, node.key) {
          try Self.note(section, node, &found)
        } else if let section = Self.section(database: database.name, key: node.key) {
          known = (section, node.key)
          try Self.note(section, node, &found)
        }
      }
    }
    for segment in found { try add(segment.section, segment.number, segment.node, data, verity, &pages) }
    let isLayer = section(.layerBase).count > 0
    for name in SectionName.allCases where sections[Int(name.rawValue)].count == 0 {
      guard isLayer ? !name.isRequiredInLayer : !name.isRequired else { throw .missingSection(name) }
    }
  }

  /// The section, empty if the bundle does not have it.
  @inline(__always)
  func section(_ name: SectionName) -> Section { sections[Int(name.rawValue)] }

  /// The offset and length of the payload of a segment, or `nil` if there is no such segment.
  func place(_ section: Section, segment: Int) -> (offset: Int, length: Int)? {
    guard segment >= 0, segment < section.segmentCount else { return nil }
    let index = 2 * (section.firstSegment + segment)
    return (places[index], places[index + 1])
  }

  private static func note(
    _ section: SectionName, _ node: LMDBNode, _ found: inout [(section: SectionName, number: Int, node: LMDBNode)]
  ) throws(BundleError) {
    guard found.count < maximumSegments, let number = segmentNumber(node.key) else {
      throw .malformedSection(section)
    }
    found.append((section, number, node))
  }

  // Keys of one section come one after the other in segment order, since they are sorted.
  private mutating func add(
    _ name: SectionName, _ number: Int, _ node: LMDBNode, _ data: Bytes, _ verity: VerityTree?,
    _ pages: inout LMDBPages
  ) throws(BundleError) {
    let offset = node.valueOffset
    let elementSize: Int
    let payload: Int
    if number > 0, node.valueLength > Segment.minimumValue {
      // A value that is not padded is lead-in and payload.
      elementSize = sections[Int(name.rawValue)].elementSize
      payload = node.valueLength - Segment.leadIn
    } else {
      (elementSize, payload) = try Self.stated(name, node, data, verity, &pages)
    }
    guard payload <= Segment.maximumPayload, elementSize > 0, payload % elementSize == 0 else {
      throw .malformedSection(name)
    }
    var section = sections[Int(name.rawValue)]
    if number == 0 {
      section.elementSize = elementSize
      section.shift = Segment.elementShift(elementSize: elementSize)
      section.firstSegment = places.count / 2
      section.start = offset + Segment.leadIn
    }
    guard number == section.segmentCount, elementSize == section.elementSize,
      section.firstSegment + section.segmentCount == places.count / 2
    else { throw .malformedSection(name) }
    // Only the last segment of an array may be short; in a blob addresses do not depend on the lengths.
    guard elementSize == Segment.blobElement || section.count == number << section.shift else {
      throw .malformedSection(name)
    }
    section.segmentCount += 1
    section.count += payload / elementSize
    places.append(offset + Segment.leadIn)
    places.append(payload)
    sections[Int(name.rawValue)] = section
  }

  // The element size and the length of the payload as the lead-in of a value has them.
  private static func stated(
    _ name: SectionName, _ node: LMDBNode, _ data: Bytes, _ verity: VerityTree?, _ pages: inout LMDBPages
  ) throws(BundleError) -> (elementSize: Int, payload: Int) {
    let length = node.valueLength
    if let page = node.overflowPage { try pages.checkOverflow(page, length: length) }
    guard length >= Segment.leadIn else { throw .malformedSection(name) }
    try verity?.check(offset: node.valueOffset, length: Segment.leadIn)
    guard let leadIn = data.slice(node.valueOffset, Segment.leadIn), let payload: UInt64 = leadIn.integer(at: 0),
      payload <= UInt64(Segment.maximumPayload), Int(payload) <= length - Segment.leadIn,
      let elementSize: UInt32 = leadIn.integer(at: 8), elementSize <= UInt32(Segment.maximumPayload)
    else { throw .malformedSection(name) }
    return (Int(elementSize), Int(payload))
  }

  // Whether two keys differ in nothing but the segment's number.
  private static func haveSamePrefix(_ first: Bytes, _ second: Bytes) -> Bool {
    guard first.count == second.count, let own = first.slice(0, first.count - keyDigits),
      let other = second.slice(0, second.count - keyDigits)
    else { return false }
    return own.equals(other)
  }

  private static func section(database: Bytes, key: Bytes) -> SectionName? {
    for name in SectionName.allCases
    where equal(database, name.database) && key.count == name.key.utf8CodeUnitCount + 1 + keyDigits {
      guard let prefix = key.slice(0, name.key.utf8CodeUnitCount), equal(prefix, name.key),
        key[name.key.utf8CodeUnitCount] == UInt8(ascii: "/")
      else { continue }
      return name
    }
    return nil
  }

  private static func equal(_ bytes: Bytes, _ text: StaticString) -> Bool {
    unsafe bytes.equals(Bytes(start: text.utf8Start, count: text.utf8CodeUnitCount))
  }

  private static func segmentNumber(_ key: Bytes) -> Int? {
    var number = 0
    for index in (key.count - keyDigits)..<key.count {
      switch key[index] {
      case UInt8(ascii: "0")...UInt8(ascii: "9"): number = number << 4 | Int(key[index] - UInt8(ascii: "0"))
      case UInt8(ascii: "a")...UInt8(ascii: "f"): number = number << 4 | Int(key[index] - UInt8(ascii: "a") + 10)
      default: return nil
      }
    }
    return number
  }
}
