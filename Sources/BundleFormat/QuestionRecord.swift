/// One record of `questions/records`: 16 bytes.
public struct QuestionRecord: Equatable, Sendable {
  /// The size of a record in bytes.
  public static let size = 16
  /// Set in `owner` if the question is a distractor; the other bits are then its ordinal in `questions/distractors`.
  public static let distractorFlag: UInt32 = 0x8000_0000
  /// The value of `owner` of an ordinal that no question has (a hole). No bundle has so many distractors.
  public static let hole: UInt32 = 0xFFFF_FFFF

  /// Where the question's wording begins in `questions/text`.
  public var textAddress: UInt64
  /// The length of the wording in bytes.
  public var textLength: UInt32
  /// The ordinal of the entry that answers the question, or a distractor's ordinal with `distractorFlag`.
  public var owner: UInt32

  @inlinable
  public init(textAddress: UInt64, textLength: UInt32, owner: UInt32) {
    self.textAddress = textAddress
    self.textLength = textLength
    self.owner = owner
  }

  /// Reads a record, or `nil` if `bytes` is shorter than one.
  @inlinable
  public init?(_ bytes: Bytes) {
    guard let textAddress: UInt64 = bytes.integer(at: 0), let textLength: UInt32 = bytes.integer(at: 8),
      let owner: UInt32 = bytes.integer(at: 12)
    else { return nil }
    self.init(textAddress: textAddress, textLength: textLength, owner: owner)
  }

  /// Whether the question must not be answered.
  public var isDistractor: Bool { owner & Self.distractorFlag != 0 }

  /// The 16 bytes of the record.
  public var encoded: [UInt8] {
    var bytes: [UInt8] = []
    bytes.append(littleEndian: textAddress)
    bytes.append(littleEndian: textLength)
    bytes.append(littleEndian: owner)
    return bytes
  }
}

/// One record of `questions/distractors`: 8 bytes.
public struct DistractorRecord: Equatable, Sendable {
  /// The size of a record in bytes.
  public static let size = 8

  /// The raw value of the `FallbackReason` that a match gives.
  public var reason: UInt16
  /// The index of the route in `decision/routes`, or `EntryRecord.noRoute`.
  public var route: UInt16

  /// The reason for the fallback. One that only a later minor version knows still means that the question must not be
  /// answered.
  public var fallbackReason: FallbackReason { FallbackReason(rawValue: reason) ?? .distractor }

  public init(reason: UInt16, route: UInt16) {
    self.reason = reason
    self.route = route
  }

  /// Reads a record, or `nil` if `bytes` is shorter than one.
  public init?(_ bytes: Bytes) {
    guard bytes.count >= Self.size, let reason: UInt16 = bytes.integer(at: 0), let route: UInt16 = bytes.integer(at: 2)
    else { return nil }
    self.init(reason: reason, route: route)
  }

  /// The 8 bytes of the record.
  public var encoded: [UInt8] {
    var bytes: [UInt8] = []
    bytes.append(littleEndian: reason)
    bytes.append(littleEndian: route)
    bytes.pad(to: Self.size)
    return bytes
  }
}
