import CKernels
import Foundation

/// When a whole bundle ends to be valid.
struct ExpiryText {
  private let expiry: Int64

  /// An expiry in seconds since 1970.
  init(_ expiry: Int64) { self.expiry = expiry }

  /// As `inspect` and `verify` show it.
  var line: String {
    let date = Date(timeIntervalSince1970: TimeInterval(expiry)).formatted(.iso8601)
    return "expires    \(date)" + (almanac_unix_seconds() >= expiry ? ", which has passed: every query is expired" : "")
  }
}
