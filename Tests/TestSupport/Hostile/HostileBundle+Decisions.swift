import BundleFormat

extension HostileBundle {
  /// The judge, the rules, the lexicon, routes, letters and points of acceptance against what they count.
  static let decisions: [HostileBundle] = judges + rules + lexicons + others

  private static let judges: [HostileBundle] = [
    judge("kind-0", 0, 0), judge("kind-2", 0, 2), judge("trees-0", 4, 0), judge("trees-one-less", 4, 95),
    judge("trees-one-more", 4, 97),
    judge("trees-257", 4, 257), judge("trees-greatest", 4, .max), judge("features-0", 8, 0), judge("features-1", 8, 1),
    judge("features-14", 8, 14), judge("features-greatest", 8, .max), judge("reserved-bytes-set", 12, .max),
    judge("feature-beyond-in-the-first-tree", 76, .max), judge("leaf-over-the-limit", 92, 1 << 24 + 1),
    judge("leaf-greatest", 92, 1 << 31 - 1), judge("leaf-least", 92, 1 << 31),
    HostileBundle("judge/all-leaves-at-the-limit") { forgery in
      let payload = forgery.place(.decisionJudge).payload
      for tree in stride(from: payload.lowerBound + 16, to: payload.upperBound, by: 144) {
        for leaf in 0..<16 { forgery.put(Int32(1 << 24), at: tree + 76 + 4 * leaf) }
      }
    },
    HostileBundle("judge/all-leaves-at-the-limit-and-thresholds-least") { forgery in
      let payload = forgery.place(.decisionJudge).payload
      for tree in stride(from: payload.lowerBound + 16, to: payload.upperBound, by: 144) {
        for leaf in 0..<16 { forgery.put(Int32(1 << 24), at: tree + 76 + 4 * leaf) }
        for node in 0..<15 { forgery.put(Int32.min, at: tree + 4 * node) }
      }
    },
  ]

  private static func judge(_ name: String, _ offset: Int, _ value: UInt32) -> HostileBundle {
    HostileBundle("judge/\(name)") { $0.put(value, in: .decisionJudge, at: offset) }
  }

  private static let rules: [HostileBundle] = ruleCounts + ruleParts

  private static let ruleCounts: [HostileBundle] =
    ["classes", "slots", "words", "symbols", "states", "edges", "length"].enumerated().flatMap { index, name in
      let offset = 4 * (index + 1)
      return [
        ruleCount("\(name)-0", offset) { _ in 0 }, ruleCount("\(name)-one-less", offset) { $0 &- 1 },
        ruleCount("\(name)-one-more", offset) { $0 &+ 1 }, ruleCount("\(name)-greatest", offset) { _ in .max },
        ruleCount("\(name)-524288", offset) { _ in 524_288 },
      ]
    }

  private static func ruleCount(_ name: String, _ offset: Int, _ change: @escaping @Sendable (UInt32) -> UInt32)
    -> HostileBundle
  {
    HostileBundle("rules/\(name)") { forgery in
      let place = forgery.place(.decisionRules).payload.lowerBound + offset
      forgery.put(change(forgery.get(place)), at: place)
    }
  }

  private static let ruleParts: [HostileBundle] = [
    HostileBundle("rules/kind-2") { $0.put(UInt32(2), in: .decisionRules, at: 0) },
    HostileBundle("rules/words-and-states-exchanged") { forgery in
      let start = forgery.place(.decisionRules).payload.lowerBound
      let (words, states) = (forgery.get(start + 12, as: UInt32.self), forgery.get(start + 20, as: UInt32.self))
      forgery.put(states, at: start + 12)
      forgery.put(words, at: start + 20)
    },
    HostileBundle("rules/all-bytes-set-but-the-header") { forgery in
      for place in forgery.place(.decisionRules).payload.dropFirst(32) { forgery.data[place] = 0xFF }
    },
    HostileBundle("rules/all-bytes-zero-but-the-header") { forgery in
      for place in forgery.place(.decisionRules).payload.dropFirst(32) { forgery.data[place] = 0 }
    },
    rulePart("every-state-accepts-everything", 4, 16) { $0.put(UInt64.max, at: $1) },
    rulePart("every-state-leads-to-the-first", 4, 16) { $0.put(UInt16(1), at: $1 + 14) },
    rulePart("every-other-state-beyond", 4, 16) { $0.put(UInt16.max, at: $1 + 14) },
    rulePart("edges-of-a-state-behind-the-last", 4, 16) { $0.put(UInt32.max, at: $1 + 8) },
    rulePart("every-edge-to-the-first-state", 5, 4) { $0.put(UInt16(1), at: $1 + 2) },
    rulePart("every-edge-beyond", 5, 4) { $0.put(UInt16.max, at: $1 + 2) },
    rulePart("every-root-to-the-first-state", 3, 2) { $0.put(UInt16(1), at: $1) },
    rulePart("every-root-beyond", 3, 2) { $0.put(UInt16.max, at: $1) },
    rulePart("symbol-0-for-every-word", 2, 8) { $0.put(UInt16(0), at: $1 + 4) },
    rulePart("symbol-beyond", 2, 8) { $0.put(UInt16.max, at: $1 + 4) },
    rulePart("word-behind-the-text", 2, 8) { $0.put(UInt32.max, at: $1) },
    rulePart("slot-of-a-word-beyond", 1, 8) { $0.put(UInt32(0x7FFF_FFFF), at: $1 + 4) },
    rulePart("no-empty-slot", 1, 8) { $0.put(UInt64(0), at: $1) },
  ]

  // The elements of a part of the rules: 1 slots, 2 words, 3 roots, 4 states, 5 edges.
  private static func rulePart(
    _ name: String, _ part: Int, _ size: Int, _ change: @escaping @Sendable (inout Forgery, Int) -> Void
  ) -> HostileBundle {
    HostileBundle("rules/\(name)") { forgery in
      let start = forgery.place(.decisionRules).payload.lowerBound
      let counts = (0..<6).map { Int(forgery.get(start + 8 + 4 * $0, as: UInt32.self)) }
      var offset = start + 32
      for (earlier, size) in [8, 8, 2, 16, 4].enumerated() where earlier < part - 1 { offset += counts[earlier] * size }
      for element in 0..<counts[part - 1] { change(&forgery, offset + element * size) }
    }
  }

  private static let lexicons: [HostileBundle] = [
    lexicon("kind-2", 0, 2), lexicon("slots-0", 4, 0), lexicon("slots-3", 4, 3), lexicon("slots-131072", 4, 1 << 17),
    lexicon("slots-greatest", 4, .max), lexicon("records-0", 8, 0), lexicon("records-65536", 8, 65_536),
    lexicon("records-greatest", 8, .max), lexicon("reserved-bytes-set", 12, .max),
    HostileBundle("lexicon/all-bytes-set-but-the-header") { forgery in
      for place in forgery.place(.decisionMarksLexicon).payload.dropFirst(16) { forgery.data[place] = 0xFF }
    },
    HostileBundle("lexicon/all-bytes-zero-but-the-header") { forgery in
      for place in forgery.place(.decisionMarksLexicon).payload.dropFirst(16) { forgery.data[place] = 0 }
    },
  ]

  private static func lexicon(_ name: String, _ offset: Int, _ value: UInt32) -> HostileBundle {
    HostileBundle("lexicon/\(name)") { $0.put(value, in: .decisionMarksLexicon, at: offset) }
  }

  private static let others: [HostileBundle] = [
    HostileBundle("routes/name-behind-the-end") { $0.put(UInt8(6), in: .decisionRoutes, at: 0) },
    HostileBundle("routes/name-of-255-bytes") { $0.put(UInt8.max, in: .decisionRoutes, at: 0) },
    HostileBundle("routes/name-empty") { $0.put(UInt8(0), in: .decisionRoutes, at: 0) },
    HostileBundle("routes/name-is-not-utf-8") { $0.put(UInt8.max, in: .decisionRoutes, at: 1) },
    HostileBundle("routes/labels-of-examples-beyond", .tiny) { $0.fill(.decisionRouteLabels, with: 0xFF) },
    HostileBundle("routes/examples-zero", .tiny) { $0.fill(.decisionRouteExamples, with: 0) },
    HostileBundle("routes/examples-least", .tiny) { $0.fill(.decisionRouteExamples, with: 0x80) },
    HostileBundle("acceptance/over-the-limit") { $0.put(UInt32(1_000_001), in: .decisionAcceptance, at: 8) },
    HostileBundle("acceptance/greatest") { $0.putInEach(UInt32.max, of: .decisionAcceptance, size: 16, at: 8) },
    HostileBundle("acceptance/modes-greatest") { $0.putInEach(UInt32.max, of: .decisionAcceptance, size: 16, at: 12) },
    HostileBundle("acceptance/scores-least") { $0.putInEach(Int64.min, of: .decisionAcceptance, size: 16, at: 0) },
    HostileBundle("acceptance/zero-wrong-everywhere") {
      $0.putInEach(UInt32(0), of: .decisionAcceptance, size: 16, at: 8)
    },
    HostileBundle("letters/all-the-same") { $0.putInEach(UInt32(0x61), of: .wordLetters, size: 4, at: 0) },
    HostileBundle("letters/no-scalars") { $0.fill(.wordLetters, with: 0xFF) },
    HostileBundle("letters/surrogates") { $0.putInEach(UInt32(0xD800), of: .wordLetters, size: 4, at: 0) },
    HostileBundle("letters/zero") { $0.fill(.wordLetters, with: 0) },
    HostileBundle("manifest/no-json") { $0.fill(.metaManifest, with: 0xFF) },
    HostileBundle("manifest/nested-without-end") { $0.fill(.metaManifest, with: UInt8(ascii: "[")) },
  ]
}
