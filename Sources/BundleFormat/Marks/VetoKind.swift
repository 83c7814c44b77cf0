/// What two questions can contradict each other in, so that one may not answer the other whatever their similarity.
///
/// The raw values are the bits of `VetoKinds` and of an entry's slots (`EntryRecord.flags`, from bit 16) and never change.
public enum VetoKind: UInt8, CaseIterable, Sendable {
  /// A number differs: 2 people, 3 people.
  case number = 0
  /// The same number of something else: 5 years, 5 days.
  case unit = 1
  /// A year, month, day, weekday or time of day differs.
  case date = 2
  /// A code or identifier differs: C#, C++.
  case code = 3
  /// One says "not" and the other does not.
  case negation = 4
  /// One has a word whose opposite the other has: open, close.
  case antonym = 5
  /// Two things have changed places: from MySQL to Postgres, from Postgres to MySQL.
  case direction = 6

  /// The kind's name in explanations and reports.
  public var name: StaticString {
    switch self {
    case .number: "number"
    case .unit: "unit"
    case .date: "date"
    case .code: "code"
    case .negation: "negation"
    case .antonym: "antonym"
    case .direction: "direction"
    }
  }
}

/// A set of kinds of veto; bit `k` stands for the kind with raw value `k`.
public struct VetoKinds: OptionSet, Equatable, Sendable {
  public let rawValue: UInt8

  public init(rawValue: UInt8) { self.rawValue = rawValue }

  /// The set of one kind.
  public init(_ kind: VetoKind) { rawValue = 1 << kind.rawValue }

  /// No kind.
  public static var none: VetoKinds { VetoKinds(rawValue: 0) }

  /// Whether `kind` is in the set.
  public func contains(_ kind: VetoKind) -> Bool { rawValue >> kind.rawValue & 1 != 0 }

  /// The kind with the least raw value, or `nil` if there is none.
  public var first: VetoKind? {
    rawValue == 0 ? nil : VetoKind(rawValue: UInt8(truncatingIfNeeded: rawValue.trailingZeroBitCount))
  }
}
