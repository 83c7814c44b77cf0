import Glibc

/// Why a bundle could not be written. The earlier bundle, if any, is untouched then.
public struct WriteError: Error, CustomStringConvertible, Sendable {
  /// What failed, on what, and what to do.
  public let description: String

  init(_ description: String) { self.description = description }

  /// A failed call of the operating system on `path`.
  static func system(_ what: String, path: String, code: Int32) -> WriteError {
    WriteError("cannot \(what) \(path): \(String(cString: strerror(code))); check space and permissions")
  }
}
