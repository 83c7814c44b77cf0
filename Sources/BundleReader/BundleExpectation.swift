import BundleFormat

/// What the compiler expects of the requests to a bundle, as its manifest states it, to be held against what comes.
public struct BundleExpectation {
  /// The share of text requests that are hits, in millionths; `nil` if the compiler could not tell.
  public private(set) var hits: UInt32?

  /// Nothing is expected.
  init() {}

  /// Reads the manifest. Members that are missing or of another form expect nothing.
  init(manifest: Bytes) {
    hits = member("decision", of: manifest).flatMap { member("text", of: $0) }
      .flatMap { member("expected_hit_rate", of: $0) }.flatMap { RequestDefaults.share($0) }
  }

  /// The value of a member of the JSON object in `text`; `nil` if there is none. O(length).
  private func member(_ name: StaticString, of text: Bytes) -> Bytes? {
    var scanner = JSONScanner(text)
    do throws(RequestError) {
      try scanner.expect(UInt8(ascii: "{"))
      while true {
        let key = scanner
        try scanner.string { _ in }
        let isWanted = scanner.text(since: key).isQuoted(name)
        try scanner.expect(UInt8(ascii: ":"))
        let value = scanner
        try scanner.skipValue(depth: 1)
        if isWanted { return scanner.text(since: value) }
        try scanner.expect(UInt8(ascii: ","))
      }
    } catch {
      return nil
    }
  }
}

extension Bytes {
  fileprivate func isQuoted(_ name: StaticString) -> Bool {
    count == name.utf8CodeUnitCount + 2 && slice(1, count - 2)?.equals(name) == true
  }
}

extension Bundle {
  /// What the compiler expects of requests; nothing if the manifest is damaged. Reads the manifest anew each time.
  public var expectation: BundleExpectation {
    do throws(BundleError) {
      return BundleExpectation(manifest: try segment(.metaManifest, 0))
    } catch {
      return BundleExpectation()
    }
  }
}
