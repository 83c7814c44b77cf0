import BundleFormat

/// What is read from the file once, when it is opened.
extension Bundle {
  // Sections that are read below.
  static var openedSections: [SectionName] {
    [
      .encoderParameters, .indexParameters, .decisionParameters, .decisionRules, .decisionMarksLexicon,
      .decisionAcceptance, .decisionRoutes, .metaDictionary, .wordLetters, .decisionJudge, .layerBase, .questionPrompts,
    ]
  }

  /// The footer of a file with these bytes.
  ///
  /// - Throws: What is wrong with it.
  static func footer(of bytes: Bytes) throws(BundleError) -> Footer {
    guard bytes.count >= Footer.size + 2 * VerityGeometry.chunkSize,
      let last = bytes.slice(bytes.count - Footer.size, Footer.size)
    else { throw .tooShort(bytes: UInt64(bytes.count)) }
    // From a copy: all fields are then of one moment, whatever somebody does to a mapped file.
    return try last.copied.withBytes { last throws(BundleError) in
      try Footer(last, fileLength: UInt64(bytes.count))
    }
  }

  static func whole(
    _ name: SectionName, _ sections: borrowing SectionDirectory, _ data: Bytes, _ verity: VerityTree
  ) throws(BundleError) -> Bytes {
    guard let place = sections.place(sections.section(name), segment: 0) else {
      if let nothing = data.slice(0, 0), !name.isRequired { return nothing }
      throw .missingSection(name)
    }
    guard sections.section(name).segmentCount == 1, let bytes = data.slice(place.offset, place.length) else {
      throw .malformedSection(name)
    }
    try verity.check(offset: place.offset, length: place.length)
    return bytes
  }

  // A layer is known by its section, and answers only over the very bundle that it was compiled for.
  static func checkBase(
    _ layer: LayerRecord?, _ under: Bundle?, isInspected: Bool
  ) throws(BundleError) {
    guard let layer else {
      if under != nil { throw .notALayer }
      return
    }
    guard let under else {
      if isInspected { return }
      throw .needsBase(root: layer.root)
    }
    guard layer.root == under.footer.root else {
      throw .otherBase(expected: layer.root, found: under.footer.root)
    }
    guard under.base == nil, !under.isIncomplete, Int(layer.entryCount) == under.count(.entryRecords),
      Int(layer.questionCount) == under.count(.questionRecords),
      Int(layer.distractorCount) == under.count(.questionDistractors)
    else { throw .malformedSection(.layerBase) }
  }

  static func readAcceptance(
    _ sections: borrowing SectionDirectory, _ data: Bytes, _ verity: VerityTree
  ) throws(BundleError) -> [AcceptancePoint] {
    let bytes = try whole(.decisionAcceptance, sections, data, verity)
    guard bytes.count / AcceptancePoint.size <= maximumAcceptancePoints else {
      throw .malformedSection(.decisionAcceptance)
    }
    var points: [AcceptancePoint] = []
    for index in 0..<(bytes.count / AcceptancePoint.size) {
      guard let record = bytes.slice(index * AcceptancePoint.size, AcceptancePoint.size),
        let point = AcceptancePoint(record), point.acceptance <= 1_000_000
      else { throw .malformedSection(.decisionAcceptance) }
      points.append(point)
    }
    return points
  }

  static func readRules(_ memory: borrowing FixedBuffer<UInt8>) throws(BundleError) -> RuleTable? {
    let bytes = memory.bytes(memory.capacity)
    if bytes.count == 0 || RuleTable.isUnknown(bytes) { return nil }
    guard let table = RuleTable(bytes) else { throw .malformedSection(.decisionRules) }
    return table
  }

  // Each route is one length byte and that many bytes of UTF-8.
  static func readRoutes(
    _ decision: DecisionParameters, _ sections: borrowing SectionDirectory, _ data: Bytes, _ verity: VerityTree
  ) throws(BundleError) -> [[UInt8]] {
    var routes: [[UInt8]] = []
    guard decision.routeCount > 0 else { return routes }
    let bytes = try whole(.decisionRoutes, sections, data, verity)
    var offset = 0
    while routes.count < Int(decision.routeCount) {
      guard offset < bytes.count, let route = bytes.slice(offset + 1, Int(bytes[offset])) else {
        throw .malformedSection(.decisionRoutes)
      }
      routes.append(route.copied)
      offset += 1 + route.count
    }
    return routes
  }
}
