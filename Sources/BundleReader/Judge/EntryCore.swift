import BundleFormat

/// The pieces that most wordings of an entry share, and in how many of them each stands.
///
/// They say what the entry is about beyond any one wording: a query that shares a rare word with an entry but lacks another that
/// nearly all its wordings have asks for something else.
public struct EntryCore: ~Copyable {
  /// The most pieces.
  public static var capacity: Int { 8 }
  /// The fewest wordings that make a core.
  public static var fewestWordings: Int { 3 }
  /// The size of a stored piece: its ordinal and the number of wordings with it, four bytes each.
  public static var elementSize: Int { 8 }

  /// The number of pieces; none for an entry of few wordings.
  public private(set) var count = 0
  /// The number of wordings of the entry.
  public private(set) var wordings: Int64 = 1
  private var pieces = FixedBuffer<UInt32>(capacity: capacity)
  private var counts = FixedBuffer<UInt32>(capacity: capacity)

  /// Makes an empty core.
  public init() {}

  /// Empties the core of an entry with this number of wordings.
  public mutating func begin(wordings: Int) {
    count = 0
    self.wordings = Int64(max(wordings, 1))
  }

  /// Adds a piece that stands in `wordings` of them. What exceeds the capacity is dropped.
  public mutating func add(piece: UInt32, wordings: UInt32) {
    guard count < Self.capacity else { return }
    pieces[count] = piece
    counts[count] = wordings
    count += 1
  }

  /// The piece at `index`, less than `count`.
  public func piece(_ index: Int) -> UInt32 { pieces[index] }

  /// The number of wordings with the piece at `index`.
  public func wordings(_ index: Int) -> Int64 { Int64(counts[index]) }
}
