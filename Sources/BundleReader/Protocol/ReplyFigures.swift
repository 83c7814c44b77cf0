import BundleFormat

/// Numbers as they stand in replies, for programs that show them to people.
public enum ReplyFigures {
  /// Millionths as a fraction with three to six digits after the point.
  public static func share(_ millionths: UInt32) -> String { text { $0.share(millionths) } }

  /// A cosine, in units of 1/65,536, with four digits after the point.
  public static func cosine(_ units: Int64) -> String { text { $0.cosine(units) } }

  /// Nanoseconds as microseconds with one digit after the point.
  public static func microseconds(_ nanoseconds: UInt64) -> String { text { $0.microseconds(nanoseconds) } }

  private static func text(_ write: (inout ReplyBuffer) -> Void) -> String {
    var buffer = ReplyBuffer(capacity: 32)
    write(&buffer)
    return String(decoding: buffer.bytes.copied, as: UTF8.self)
  }
}

extension RequestError {
  /// The error as a reply states it: what, where, what to do.
  public var text: String {
    var buffer = ReplyBuffer(capacity: 256)
    buffer.write(self)
    return String(decoding: buffer.bytes.copied, as: UTF8.self)
  }
}
