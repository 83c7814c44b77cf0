import BundleFormat

/// A bundle in the hands of somebody who knows the format: every part may be changed, and what lies above it is made to fit.
public struct Forgery {
  /// The LMDB part.
  public var data: [UInt8]
  /// Where things are in it, as long as nothing has been moved.
  public let map: BundleMap
  /// What becomes of the blocks of each level of the hash tree before the next level is made of them.
  public var changeTree: (inout [UInt8], Int) -> Void = { _, _ in }
  /// What becomes of the bytes of the footer before its digest.
  public var changeFooter: (inout [UInt8]) -> Void = { _ in }
  /// What becomes of the whole file at last; no digest fits this.
  public var changeFile: (inout [UInt8]) -> Void = { _ in }

  private let good: [UInt8]

  /// Begins with the bytes of a whole bundle, and its map if that is at hand.
  public init(_ good: [UInt8], map: BundleMap? = nil) {
    let map = map ?? BundleMap(good)
    self.map = map
    self.good = good
    data = Array(good.prefix(map.dataLength))
  }

  /// The bytes of the file.
  public func sealed() -> [UInt8] {
    let (blocks, levels, root) = SealedBundle.tree(over: data, like: good, change: changeTree)
    var file = data + blocks
    file += SealedBundle.footer(
      dataLength: data.count, treeLength: blocks.count, levels: levels, root: root, change: changeFooter)
    changeFile(&file)
    return file
  }

  // MARK: Changing the data

  /// Writes an integer at a place of the LMDB part.
  public mutating func put<Value: FixedWidthInteger>(_ value: Value, at place: Int) {
    for index in 0..<Value.bitWidth / 8 { data[place + index] = UInt8(truncatingIfNeeded: value >> Value(8 * index)) }
  }

  mutating func put(_ field: Field, at place: Int) { field.write(to: &data, at: place) }

  /// The integer at a place of the LMDB part.
  public func get<Value: FixedWidthInteger>(_ place: Int, as type: Value.Type = Value.self) -> Value {
    (0..<Value.bitWidth / 8).reduce(0) { $0 | Value(truncatingIfNeeded: data[place + $1]) << Value(8 * $1) }
  }

  /// The place of a section's first segment. A section that the bundle lacks is a mistake in the forgery.
  public func place(_ name: SectionName) -> BundleMap.SegmentPlace {
    guard let segment = map.segment(name) else { preconditionFailure("the bundle has no section \(name.text)") }
    return segment
  }

  /// Writes an integer at an offset of a section's payload.
  public mutating func put<Value: FixedWidthInteger>(_ value: Value, in name: SectionName, at offset: Int) {
    put(value, at: place(name).payload.lowerBound + offset)
  }

  /// Writes an integer at the same offset of every element of `size` bytes of a section.
  public mutating func putInEach<Value: FixedWidthInteger>(
    _ value: Value, of name: SectionName, size: Int, at offset: Int
  ) {
    let payload = place(name).payload
    for element in stride(from: payload.lowerBound, to: payload.upperBound, by: size) {
      put(value, at: element + offset)
    }
  }

  mutating func putInEach(_ field: Field, of name: SectionName, size: Int, at offset: Int) {
    let payload = place(name).payload
    for element in stride(from: payload.lowerBound, to: payload.upperBound, by: size) {
      put(field, at: element + offset)
    }
  }

  /// Sets all bytes of a section.
  public mutating func fill(_ name: SectionName, with byte: UInt8) {
    for place in place(name).payload { data[place] = byte }
  }

  /// States another length of a section's payload.
  public mutating func state(length: Int, of name: SectionName) { put(UInt64(length), at: place(name).start) }

  /// States another element size of a section.
  public mutating func state(elementSize: Int, of name: SectionName) {
    put(UInt32(truncatingIfNeeded: elementSize), at: place(name).start + 8)
  }

  /// The place of the node that holds a database's record, from the record's.
  public func database(_ name: String) -> Int {
    guard let record = map.databases.first(where: { $0.name == name })?.record else {
      preconditionFailure("the bundle has no database \(name)")
    }
    return record
  }

  /// The root page of a database.
  public func root(_ name: String) -> Int { Int(get(database(name) + 40, as: UInt64.self)) }

  /// Sets the root of a database.
  public mutating func setRoot(_ name: String, _ page: UInt64) { put(page, at: database(name) + 40) }

  /// Adds a page at the end of the LMDB part and gives its number.
  public mutating func addPage(_ bytes: [UInt8]) -> Int {
    data += bytes + [UInt8](repeating: 0, count: 4096 - bytes.count)
    return data.count / 4096 - 1
  }

  /// Adds a branch page with these children, whose keys are empty.
  public mutating func addBranch(_ children: [Int], number given: Int? = nil) -> Int {
    let number = given ?? data.count / 4096
    var page: [UInt8] = []
    page.append(littleEndian: UInt64(number))
    page.append(littleEndian: UInt16(0))
    page.append(littleEndian: UInt16(1))
    let nodes = 4096 - 8 * children.count
    page.append(littleEndian: UInt16(16 + 2 * children.count))
    page.append(littleEndian: UInt16(nodes))
    for index in children.indices { page.append(littleEndian: UInt16(nodes + 8 * index)) }
    page += [UInt8](repeating: 0, count: nodes - page.count)
    for child in children {
      page.append(littleEndian: UInt32(truncatingIfNeeded: child))
      page.append(littleEndian: UInt16(truncatingIfNeeded: child >> 32))
      page.append(littleEndian: UInt16(0))
    }
    return addPage(page)
  }

  /// The newer meta page's offset.
  public var newerMeta: Int { self.get(4096 + 144, as: UInt64.self) > get(144, as: UInt64.self) ? 4096 : 0 }
}
