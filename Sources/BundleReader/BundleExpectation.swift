import BundleFormat

/// What the compiler expects of the requests to a bundle, as its manifest states it, to be held against what comes.
public struct BundleExpectation {
  /// The share of text requests that are hits, in millionths; `nil` if the compiler could not tell.
  public private(set) var hits: UInt32?
  /// How the scores of text requests are spread; `nil` if the compiler could not tell.
  public private(set) var scores: ScoreHistogram?

  /// Nothing is expected.
  init() {}

  /// Reads the manifest. Members that are missing or of another form expect nothing.
  init(manifest: Bytes) {
    guard let point = member("decision", of: manifest).flatMap({ member("text", of: $0) }) else { return }
    hits = member("expected_hit_rate", of: point).flatMap { RequestDefaults.share($0) }
    guard let scores = member("expected_scores", of: point) else { return }
    var edges: [Int64] = []
    var shares: [UInt32] = []
    let areEdges = numbers(member("edges", of: scores)) { number in
      guard let edge = number.integer else { return false }
      edges.append(edge)
      return edges.count <= ScoreHistogram.maximumEdges
    }
    let areShares = numbers(member("shares", of: scores)) { number in
      guard let share = number.millionths else { return false }
      shares.append(share)
      return shares.count <= ScoreHistogram.maximumEdges + 1
    }
    if areEdges, areShares { self.scores = ScoreHistogram(edges: edges, shares: shares) }
  }

  /// Gives the numbers of the JSON array in `text`, until `body` returns false. Returns whether it is an array of numbers and
  /// `body` took them all.
  private func numbers(_ text: Bytes?, _ body: (JSONNumber) -> Bool) -> Bool {
    guard let text else { return false }
    var scanner = JSONScanner(text)
    do throws(RequestError) {
      try scanner.expect(UInt8(ascii: "["))
      if scanner.take(UInt8(ascii: "]")) { return true }
      while true {
        guard body(try scanner.number()) else { return false }
        scanner.skipSpace()
        if scanner.take(UInt8(ascii: "]")) { return true }
        try scanner.expect(UInt8(ascii: ","))
      }
    } catch {
      return false
    }
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
