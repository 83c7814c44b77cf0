/// Why a request could not be understood. Not an outcome: the caller made a mistake.
public enum QueryError: Error, Equatable, Sendable {
  /// The text is not UTF-8; the first wrong byte is at this offset.
  case invalidUTF8(offset: Int)
  /// The vector does not have the bundle's number of components.
  case wrongVectorLength(expected: Int, found: Int)
  /// There is neither text nor vector.
  case nothingAsked
}
