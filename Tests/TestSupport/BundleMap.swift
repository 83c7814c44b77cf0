import BundleFormat

/// What lies where in the file of a whole bundle, found by following the format description and not by asking the reader.
///
/// It believes what it reads, so it is for bundles that the compiler made.
public struct BundleMap {
  /// A stretch of the file and what it holds, such as `lead-ins` or `questions/text`.
  public struct Region: Sendable {
    public let name: String
    public let range: Range<Int>
  }

  /// The value of an LMDB record: a segment of a section.
  public struct SegmentPlace: Sendable {
    /// `database/key`.
    public let section: String
    public let number: Int
    /// Where the lead-in begins; the payload follows it.
    public let start: Int
    public let payload: Range<Int>
    /// The page that holds the record, and the place of its node in the file.
    public let page: Int
    public let node: Int
  }

  /// All regions. Together they are the whole file, none overlaps another.
  public private(set) var regions: [Region] = []
  /// All segments in the order of the directory.
  public private(set) var segments: [SegmentPlace] = []
  /// Branch and leaf pages, and the level at which each stands in its own tree.
  public private(set) var treePages: [(page: Int, isLeaf: Bool, database: String?)] = []
  /// The nodes of the main tree that hold the records of named databases: name and place of the record in the file.
  public private(set) var databases: [(name: String, record: Int)] = []
  /// The lengths of the two parts before the footer.
  public let dataLength: Int
  public let treeLength: Int

  private let file: [UInt8]

  /// Maps the bundle whose bytes are `file`.
  public init(_ file: [UInt8]) {
    self.file = file
    dataLength = Int(Self.number(file, file.count - Footer.size + 16, 8))
    treeLength = Int(Self.number(file, file.count - Footer.size + 24, 8))
    regions.append(Region(name: "LMDB meta pages", range: 0..<8192))
    let newer = Self.number(file, 4096 + 144, 8) > Self.number(file, 144, 8) ? 1 : 0
    walk(Int(Self.number(file, 4096 * newer + 128, 8)), database: nil)
    for (name, record) in databases {
      let root = Self.number(file, record + 40, 8)
      if root != UInt64.max { walk(Int(root), database: name) }
    }
    regions.append(Region(name: "hash tree", range: dataLength..<dataLength + treeLength))
    let footer = file.count - Footer.size
    regions.append(Region(name: "footer", range: footer..<footer + 256))
    regions.append(Region(name: "footer: signature and padding", range: footer + 256..<footer + 4064))
    regions.append(Region(name: "footer: digest", range: footer + 4064..<file.count))
    addUnused()
  }

  /// The first segment of a section.
  public func segment(_ name: SectionName) -> SegmentPlace? {
    segments.first { $0.section == name.text && $0.number == 0 }
  }

  private mutating func walk(_ page: Int, database: String?) {
    let start = 4096 * page
    let isLeaf = Self.number(file, start + 10, 2) == 2
    treePages.append((page, isLeaf, database))
    regions.append(Region(name: "LMDB tree pages", range: start..<start + 4096))
    let lower = Int(Self.number(file, start + 12, 2))
    for pointer in stride(from: start + 16, to: start + lower, by: 2) {
      let node = start + Int(Self.number(file, pointer, 2))
      let flags = Self.number(file, node + 4, 2)
      let low = Self.number(file, node, 2) | Self.number(file, node + 2, 2) << 16
      let keyLength = Int(Self.number(file, node + 6, 2))
      let key = String(decoding: file[node + 8..<node + 8 + keyLength], as: UTF8.self)
      if !isLeaf {
        walk(Int(low | flags << 32), database: database)
      } else if flags & 2 != 0 {
        databases.append((key, node + 8 + keyLength))
      } else if flags & 1 != 0, let database {
        addSegment(database, key, Int(Self.number(file, node + 8 + keyLength, 8)), Int(low), page: page, node: node)
      }
    }
  }

  private mutating func addSegment(_ database: String, _ key: String, _ first: Int, _ length: Int, page: Int, node: Int)
  {
    let head = 4096 * first
    let start = head + 16
    let payload = Int(Self.number(file, start, 8))
    let end = (start + length + 4095) / 4096 * 4096
    let parts = key.split(separator: "/")
    let section = "\(database)/\(parts[0])"
    segments.append(
      SegmentPlace(
        section: section, number: Int(parts.last ?? "", radix: 16) ?? 0, start: start,
        payload: start + 48..<start + 48 + payload, page: page, node: node))
    regions.append(Region(name: "LMDB overflow headers", range: head..<start))
    regions.append(Region(name: "lead-ins", range: start..<start + 48))
    if payload > 0 { regions.append(Region(name: section, range: start + 48..<start + 48 + payload)) }
    if start + 48 + payload < end { regions.append(Region(name: "slack of pages", range: start + 48 + payload..<end)) }
  }

  private mutating func addUnused() {
    regions.sort { $0.range.lowerBound < $1.range.lowerBound }
    var unused: [Region] = []
    var end = 0
    for region in regions {
      if region.range.lowerBound > end {
        unused.append(Region(name: "unused pages", range: end..<region.range.lowerBound))
      }
      end = region.range.upperBound
    }
    regions = (regions + unused).sorted { $0.range.lowerBound < $1.range.lowerBound }
  }

  private static func number(_ bytes: [UInt8], _ offset: Int, _ length: Int) -> UInt64 {
    var value: UInt64 = 0
    for index in (0..<length).reversed() { value = value << 8 | UInt64(bytes[offset + index]) }
    return value
  }
}
