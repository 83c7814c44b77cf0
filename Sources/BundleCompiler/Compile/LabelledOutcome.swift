import BundleFormat
import BundleReader

/// What a finished bundle made of labelled queries.
public struct LabelledOutcome: Sendable {
  /// Answered with the expected entry.
  public var right = 0
  /// Answered with another entry, or although no entry was expected.
  public var wrong = 0
  /// Not answered although an entry was expected.
  public var missed = 0
  /// Not answered, and no entry was expected.
  public var refused = 0

  /// No queries yet.
  public init() {}

  /// The number of queries.
  public var count: Int { right + wrong + missed + refused }

  /// Counts one more query.
  public mutating func add(expected: UInt32?, answered: UInt32?) {
    switch (expected, answered) {
    case (let expected?, let answered?) where expected == answered: right += 1
    case (_, .some): wrong += 1
    case (.some, nil): missed += 1
    case (nil, nil): refused += 1
    }
  }
}
