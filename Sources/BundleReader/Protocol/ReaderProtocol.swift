/// The version and the limits of the reader protocol. See `spec/v1/reader-protocol.md`.
public enum ReaderProtocol {
  /// The version of the protocol that the code speaks, `major.minor`.
  public static let version: StaticString = "1.0"
  /// The longest request in bytes, its newline not counted.
  public static let maximumLine = 256 * 1024
  /// The longest `id` in bytes, quotes and escapes counted.
  public static let maximumID = 256
  /// The most components of a vector.
  public static let maximumDimensions = 4096
  /// The longest name of an embedding model in bytes.
  public static let maximumModel = 255
  /// The deepest nesting of arrays and objects, the request itself counted.
  public static let maximumDepth = 32
  /// The most bytes of a scope: its keys and values, and one for each of them.
  public static let maximumScope = 4096
  /// The most bytes of variables: their names and values, and one for each of them.
  public static let maximumVariables = 16_384
  /// The most candidates that an explanation shows.
  public static let maximumExplained = 5
}
