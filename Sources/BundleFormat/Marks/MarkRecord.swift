/// What a word means to the mark scanner: one record of `decision/marks-lexicon`, 16 bytes.
public struct MarkRecord: Equatable, Sendable {
  /// The size of a record in bytes.
  public static let size = 16

  /// The part a word plays. A value that only a later minor version knows reads as `none`.
  public enum Role: UInt8, Sendable {
    /// None beside the fields `firstSide`, `secondSide` and `unitClass`.
    case none = 0
    /// A spelled number, `value`.
    case number = 1
    /// A spelled ordinal, `value`.
    case ordinal = 2
    /// A word that multiplies the number before it: hundred, million. The factor is `value`.
    case multiplier = 3
    /// One half, before a unit or a multiplier.
    case half = 4
    /// An indefinite article, which before a unit means one.
    case article = 5
    /// What turns the digits before it into an ordinal: 3rd.
    case ordinalEnding = 6
    /// A month, `value` from 1. With flag `isDoubtful` only beside a number or after a preposition of time.
    case month = 7
    /// A weekday or a day named by its distance from today, `value`.
    case day = 8
    /// The half of the day, `value`: 0 before noon, 1 after.
    case halfOfDay = 9
    /// Stands after the hour: o'clock.
    case clock = 10
    /// A negation.
    case negator = 11
    /// A verb that gives particles their opposites: turn on, turn off. The bits of `value` name the kinds of particle.
    case particleVerb = 12
    /// A particle that has an opposite after such a verb; `value` is the bit of its kind.
    case particle = 13
    /// Leads from what stands before it to what stands after it: to, into.
    case forward = 14
    /// Leads from what stands after it to what stands before it: from.
    case backward = 15
    /// A word that is never an end of a direction: the, my.
    case empty = 16
    /// An auxiliary verb, after which subject, verb and object may follow: does x call y.
    case auxiliary = 17
    /// A verb after which `exchange` words lead forward: replace x with y.
    case exchangeVerb = 18
    /// Leads forward after an exchange verb: with, for.
    case exchange = 19
    /// A unit and nothing else; see `unitClass`.
    case unit = 20
    /// Joins hundreds to what follows: two hundred and five.
    case conjunction = 21
    /// A pronoun, which is no end of a direction and no subject.
    case pronoun = 22
  }

  // The record's two words as stored. Kept so, since a scan looks at records far more often than at their fields.
  private var head: UInt64
  private var tail: UInt64

  /// The role's raw value.
  public var role: UInt8 { UInt8(truncatingIfNeeded: head) }
  /// See `isDoubtful`, `startsPhrase`, `isFiller`, `isTimePreposition` and `isBeginning`.
  public var flags: UInt8 { UInt8(truncatingIfNeeded: head >> 8) }
  /// A side of an antonym pair: the pair's number from 1, shifted by one, and the side (0 or 1); zero for none.
  public var firstSide: UInt16 { UInt16(truncatingIfNeeded: head >> 16) }
  /// A side of another pair.
  public var secondSide: UInt16 { UInt16(truncatingIfNeeded: head >> 32) }
  /// What a unit measures, 1…15 (see the specification); zero if the word is no unit.
  public var unitClass: UInt8 { UInt8(truncatingIfNeeded: head >> 48) & 15 }
  /// The decimal exponent of the unit's size, -18…18.
  public var unitExponent: Int8 { max(min(Int8(truncatingIfNeeded: Int64(bitPattern: head) >> 56), 18), -18) }
  /// The value that goes with the role.
  public var value: UInt32 { UInt32(truncatingIfNeeded: tail) }
  /// The unit's size in its class's base unit is `unitFactor × 10^unitExponent`. A particle has its antonym side here.
  public var unitFactor: UInt32 { UInt32(truncatingIfNeeded: tail >> 32) }

  /// The word is something else as often as not: may, march.
  public static let isDoubtful: UInt8 = 1
  /// A phrase of several words begins with the word (or with this part of a phrase).
  public static let startsPhrase: UInt8 = 2
  /// The word may stand between a number and its unit: 5 business days.
  public static let isFiller: UInt8 = 4
  /// A preposition of time, after which a doubtful month is one: in may.
  public static let isTimePreposition: UInt8 = 16
  /// The record says nothing itself: it is the beginning of a phrase and no more.
  public static let isBeginning: UInt8 = 8

  public init(
    role: Role = .none, flags: UInt8 = 0, firstSide: UInt16 = 0, secondSide: UInt16 = 0, unitClass: UInt8 = 0,
    unitExponent: Int8 = 0, value: UInt32 = 0, unitFactor: UInt32 = 0
  ) {
    head =
      UInt64(role.rawValue) | UInt64(flags) << 8 | UInt64(firstSide) << 16 | UInt64(secondSide) << 32
      | UInt64(unitClass & 15) << 48 | UInt64(UInt8(bitPattern: unitExponent)) << 56
    tail = UInt64(value) | UInt64(unitFactor) << 32
  }

  /// A record of two words as stored.
  init(head: UInt64, tail: UInt64) {
    self.head = head
    self.tail = tail
  }

  /// Reads a record, or `nil` if `bytes` is shorter than one.
  public init?(_ bytes: Bytes) {
    guard let head: UInt64 = bytes.integer(at: 0), let tail: UInt64 = bytes.integer(at: 8) else { return nil }
    self.init(head: head, tail: tail)
  }

  /// The two words as stored.
  var words: (head: UInt64, tail: UInt64) { (head, tail) }

  /// The 16 bytes of the record.
  public var encoded: [UInt8] {
    var bytes: [UInt8] = []
    bytes.append(littleEndian: head)
    bytes.append(littleEndian: tail)
    return bytes
  }

  /// The same record with a flag set.
  public func with(_ flag: UInt8) -> MarkRecord { MarkRecord(head: head | UInt64(flag) << 8, tail: tail) }

  @inline(__always)
  func isA(_ other: Role) -> Bool { role == other.rawValue }

  /// A set of one role, for `isOneOf`.
  @inline(__always)
  static func set(_ role: Role) -> UInt32 { 1 << UInt32(role.rawValue) }

  @inline(__always)
  func isOneOf(_ roles: UInt32) -> Bool { roles >> UInt32(role & 31) & 1 != 0 && role < 32 }

  @inline(__always)
  func has(_ flag: UInt8) -> Bool { flags & flag != 0 }
}
