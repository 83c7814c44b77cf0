/// One record of `decision/acceptance`: 16 bytes. Sorted by mode, then by score.
///
/// It says which share of the bundle's own questions, asked with their entry left out, reached at least this score: all of
/// those would have been wrong answers.
public struct AcceptancePoint: Equatable, Sendable {
  /// The size of a record in bytes.
  public static let size = 16
  /// The mode of text queries.
  public static let textMode: UInt32 = 0
  /// The mode of queries that are a vector of the embedding model.
  public static let vectorMode: UInt32 = 1
  /// The mode of queries that have both.
  public static let bothMode: UInt32 = 2

  /// The score.
  public var score: Int64
  /// The share of wrong answers at this score, in millionths.
  public var acceptance: UInt32
  /// The input mode.
  public var mode: UInt32

  public init(score: Int64, acceptance: UInt32, mode: UInt32) {
    self.score = score
    self.acceptance = acceptance
    self.mode = mode
  }

  /// Reads a record, or `nil` if `bytes` is shorter than one.
  public init?(_ bytes: Bytes) {
    guard let score: Int64 = bytes.integer(at: 0), let acceptance: UInt32 = bytes.integer(at: 8),
      let mode: UInt32 = bytes.integer(at: 12)
    else { return nil }
    self.init(score: score, acceptance: acceptance, mode: mode)
  }

  /// The 16 bytes of the record.
  public var encoded: [UInt8] {
    var bytes: [UInt8] = []
    bytes.append(littleEndian: score)
    bytes.append(littleEndian: acceptance)
    bytes.append(littleEndian: mode)
    return bytes
  }
}
