import BundleFormat

/// A record of an LMDB leaf page: its key and where its value lies.
struct LMDBNode {
  /// The key.
  var key: Bytes
  /// The value's offset from the start of the file.
  var valueOffset: Int
  /// The value's length in bytes.
  var valueLength: Int
  /// The node's flags.
  var flags: UInt16
  /// The first page of the overflow run that the value lies in; `nil` if it lies in the node's own page.
  var overflowPage: UInt64?
}

/// A reader of LMDB data version 1 (64-bit, page size 4,096) that believes nothing it reads.
///
/// It only ever visits all records of a tree in key order: that is how a bundle's directory is made at open. Every page is
/// checked against the hash tree before it is used, every offset against the page or the file; depth and number of pages are
/// bounded, so that a cycle ends. The pages of values are not touched by a visit: `checkOverflow` reads the first one where a
/// caller needs it. Before the visit the kernel is told which pages will be read: in a file that is not in the page cache they
/// lie far apart, and would cost a journey to the disk each. Layout: `spec/v1/bundle-format.md`, after `mdb.c` of LMDB 0.9.
struct LMDBPages {
  private static let pageSize = 4096
  private static let headerSize = 16
  private static let magic: UInt32 = 0xBEEF_C0DE
  private static let dataVersion: UInt32 = 1
  private static let branchFlag: UInt16 = 0x01
  private static let leafFlag: UInt16 = 0x02
  private static let overflowFlag: UInt16 = 0x04
  private static let metaFlag: UInt16 = 0x08
  private static let bigValueFlag: UInt16 = 0x01
  private static let noPage = UInt64.max
  /// Set in a node's flags if its value is the record of a named database.
  static let subtreeFlag: UInt16 = 0x02
  private static let maximumDepth = 8
  private static let maximumPages = 65_536
  private static let maximumNodes = 262_144
  // More than there are sections and pages of the directory of a hundred million questions.
  private static let maximumExpectations = 512

  private let data: Bytes
  private let verity: VerityTree?
  private var pagesLeft = maximumPages
  private var nodesLeft = maximumNodes

  /// The page that holds the root of the main tree.
  private(set) var mainRoot: UInt64 = 0

  /// Chooses the newer of the two meta pages.
  ///
  /// - Throws: `malformedPage` if that page is not one of LMDB data version 1 with pages of 4,096 bytes; `damagedChunk`.
  init(data: Bytes, verity: VerityTree?) throws(BundleError) {
    self.data = data
    self.verity = verity
    var ahead = verity.map { ReadAhead($0) }
    ahead?.expect(offset: 0, length: 2 * Self.pageSize)
    let first = try transaction(metaPage: 0)
    let second = try transaction(metaPage: 1)
    let newer: UInt64 = second > first ? 1 : 0
    guard let root: UInt64 = try page(newer).integer(at: 128) else { throw .malformedPage(page: newer) }
    mainRoot = root
    if var ahead { expectAll(&ahead) }
  }

  // Hints only: what is read here is believed by nobody, and a file that lies gets other pages read ahead.
  private func expectAll(_ ahead: inout ReadAhead) {
    var expectationsLeft = Self.maximumExpectations
    expect(page: mainRoot, &ahead, &expectationsLeft)
    var roots: [UInt64] = []
    forEachUncheckedNode(of: mainRoot) { flags, _, _, value in
      guard flags & Self.subtreeFlag != 0, let root: UInt64 = data.slice(value, 48)?.integer(at: 40) else { return }
      roots.append(root)
    }
    for root in roots { expect(page: root, &ahead, &expectationsLeft) }
    for root in roots { expectValues(under: root, depth: 0, &ahead, &expectationsLeft) }
  }

  private func expectValues(
    under page: UInt64, depth: Int, _ ahead: inout ReadAhead, _ expectationsLeft: inout Int
  ) {
    var children: [UInt64] = []
    var values: [UInt64] = []
    forEachUncheckedNode(of: page) { flags, child, key, value in
      if let child {
        children.append(child)
      } else if flags & Self.bigValueFlag != 0, Self.isFirstSegment(key),
        let first: UInt64 = data.slice(value, 8)?.integer(at: 0)
      {
        values.append(first)
      }
    }
    for page in children + values { expect(page: page, &ahead, &expectationsLeft) }
    guard depth < Self.maximumDepth else { return }
    for child in children where expectationsLeft > 0 {
      expectValues(under: child, depth: depth + 1, &ahead, &expectationsLeft)
    }
  }

  // Only the first segment of a section is looked at when a bundle is opened.
  private static func isFirstSegment(_ key: Bytes) -> Bool {
    guard let digits: UInt64 = key.integer(at: key.count - 8) else { return false }
    return digits == 0x3030_3030_3030_3030
  }

  private func expect(page: UInt64, _ ahead: inout ReadAhead, _ expectationsLeft: inout Int) {
    guard expectationsLeft > 0, page < UInt64(data.count / Self.pageSize) else { return }
    expectationsLeft -= 1
    ahead.expect(offset: Int(page) * Self.pageSize, length: Self.pageSize)
  }

  // Calls `body` with the flags of each node of a page, the page below it (in a branch), its key and the offset of its value.
  private func forEachUncheckedNode(of number: UInt64, _ body: (UInt16, UInt64?, Bytes, Int) -> Void) {
    guard number < UInt64(data.count / Self.pageSize),
      let page = data.slice(Int(number) * Self.pageSize, Self.pageSize), let flags: UInt16 = page.integer(at: 10),
      flags == Self.branchFlag || flags == Self.leafFlag, let lower: UInt16 = page.integer(at: 12),
      Int(lower) >= Self.headerSize, Int(lower) <= Self.pageSize
    else { return }
    for index in 0..<((Int(lower) - Self.headerSize) / 2) {
      guard let pointer: UInt16 = page.integer(at: Self.headerSize + 2 * index),
        let low: UInt16 = page.integer(at: Int(pointer)), let high: UInt16 = page.integer(at: Int(pointer) + 2),
        let nodeFlags: UInt16 = page.integer(at: Int(pointer) + 4),
        let keyLength: UInt16 = page.integer(at: Int(pointer) + 6),
        let key = page.slice(Int(pointer) + 8, Int(keyLength))
      else { return }
      let child = flags == Self.branchFlag ? UInt64(low) | UInt64(high) << 16 | UInt64(nodeFlags) << 32 : nil
      body(nodeFlags, child, key, Int(number) * Self.pageSize + Int(pointer) + 8 + Int(keyLength))
    }
  }

  private mutating func transaction(metaPage number: UInt64) throws(BundleError) -> UInt64 {
    let page = try page(number)
    guard let flags: UInt16 = page.integer(at: 10), flags & Self.metaFlag != 0,
      page.integer(at: 16, as: UInt32.self) == Self.magic, page.integer(at: 20, as: UInt32.self) == Self.dataVersion,
      page.integer(at: 40, as: UInt32.self) == UInt32(Self.pageSize), let transaction: UInt64 = page.integer(at: 144)
    else { throw .malformedPage(page: number) }
    return transaction
  }

  private mutating func page(_ number: UInt64) throws(BundleError) -> Bytes {
    guard pagesLeft > 0, number < UInt64(data.count / Self.pageSize),
      let page = data.slice(Int(number) * Self.pageSize, Self.pageSize)
    else { throw .malformedPage(page: number) }
    pagesLeft -= 1
    try verity?.check(offset: Int(number) * Self.pageSize, length: Self.pageSize)
    return page
  }

  /// Visits the records of the tree under page `root` in the order of their keys. An empty tree has none.
  ///
  /// - Throws: `malformedPage` or `damagedChunk`, or what `visit` throws.
  mutating func visit(
    root: UInt64, _ visit: (LMDBNode) throws(BundleError) -> Void
  ) throws(BundleError) {
    if root == Self.noPage { return }
    try self.visit(page: root, depth: 0, visit)
  }

  private mutating func visit(
    page number: UInt64, depth: Int, _ visit: (LMDBNode) throws(BundleError) -> Void
  ) throws(BundleError) {
    guard depth < Self.maximumDepth else { throw .malformedPage(page: number) }
    let page = try page(number)
    guard page.integer(at: 0, as: UInt64.self) == number, let flags: UInt16 = page.integer(at: 10),
      let lower: UInt16 = page.integer(at: 12), let upper: UInt16 = page.integer(at: 14),
      Int(lower) >= Self.headerSize, lower <= upper, Int(upper) <= Self.pageSize
    else { throw .malformedPage(page: number) }
    let count = (Int(lower) - Self.headerSize) / 2
    guard count <= nodesLeft else { throw .malformedPage(page: number) }
    nodesLeft -= count
    for index in 0..<count {
      guard let pointer: UInt16 = page.integer(at: Self.headerSize + 2 * index),
        let low: UInt16 = page.integer(at: Int(pointer)), let high: UInt16 = page.integer(at: Int(pointer) + 2),
        let nodeFlags: UInt16 = page.integer(at: Int(pointer) + 4),
        let keyLength: UInt16 = page.integer(at: Int(pointer) + 6),
        let key = page.slice(Int(pointer) + 8, Int(keyLength))
      else { throw .malformedPage(page: number) }
      if flags == Self.branchFlag {
        let child = UInt64(low) | UInt64(high) << 16 | UInt64(nodeFlags) << 32
        try self.visit(page: child, depth: depth + 1, visit)
      } else if flags == Self.leafFlag {
        let length = Int(low) | Int(high) << 16
        let place = Int(pointer) + 8 + Int(keyLength)
        guard nodeFlags & Self.bigValueFlag != 0 else {
          guard page.contains(place, length) else { throw .malformedPage(page: number) }
          let offset = Int(number) * Self.pageSize + place
          try visit(LMDBNode(key: key, valueOffset: offset, valueLength: length, flags: nodeFlags))
          continue
        }
        guard let first: UInt64 = page.integer(at: place) else { throw .malformedPage(page: number) }
        guard first < UInt64(data.count / Self.pageSize) else { throw .malformedPage(page: first) }
        let offset = Int(first) * Self.pageSize + Self.headerSize
        guard data.contains(offset, length) else { throw .malformedPage(page: first) }
        try visit(
          LMDBNode(key: key, valueOffset: offset, valueLength: length, flags: nodeFlags, overflowPage: first))
      } else {
        throw .malformedPage(page: number)
      }
    }
  }

  /// Checks the first page of an overflow run that holds a value of `length` bytes.
  ///
  /// - Throws: `malformedPage` if the page does not begin such a run, `damagedChunk`.
  mutating func checkOverflow(_ first: UInt64, length: Int) throws(BundleError) {
    let head = try page(first)
    let pages = (Self.headerSize - 1 + length) / Self.pageSize + 1
    guard head.integer(at: 0, as: UInt64.self) == first, head.integer(at: 10, as: UInt16.self) == Self.overflowFlag,
      let stated: UInt32 = head.integer(at: 12), Int(stated) == pages
    else { throw .malformedPage(page: first) }
  }
}
