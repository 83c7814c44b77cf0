import BundleFormat

/// Ids of batch requests: letters and digits only, which every service takes, and the same for the same text each time.
enum RequestIdentifier {
  /// The id for `text`: `prefix` and sixteen hexadecimal digits of its hash, or of the next number that `taken` does not hold.
  static func of(_ text: String, prefix: String, domain: UInt8, _ taken: inout Set<String>) -> String {
    var hash = Array(text.utf8).withBytes { KeyHash.of($0, domain: domain) }
    while true {
      let digits = String(hash, radix: 16)
      let id = prefix + String(repeating: "0", count: 16 - digits.count) + digits
      if taken.insert(id).inserted { return id }
      hash &+= 1
    }
  }
}
