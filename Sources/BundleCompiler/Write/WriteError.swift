import Glibc

/// Why a bundle could not be written. The earlier bundle, if any, is untouched then.
public struct WriteError: Error, CustomStringConvertible, Sendable {
  /// What failed, on what, and what to do.
  public let description: String

  init(_ description: String) { self.description = description }

  /// A failed call of the operating system on `path`.
  ///
  /// - Parameter needed: The number of bytes that were to be written, if that is known.
  static func system(_ what: String, path: String, code: Int32, needed: Int? = nil) -> WriteError {
    let attempt = "cannot \(what) \(path)"
    return WriteError(
      FileShortage(path: path, code: code, needed: needed).map { "\(attempt): \($0)" }
        ?? "\(attempt): \(String(cString: strerror(code))); check space and permissions")
  }
}
