import BundleFormat
import Testing

/// Writer and reader agree on every record because both use these, and a record read back is the record written.
@Suite struct LayoutTests {
  @Test func geometryCoversEveryChunkOnce() throws {
    for chunks in [1, 2, 127, 128, 129, 16_384, 16_385, 2_097_153] {
      let geometry = try #require(VerityGeometry(dataLength: UInt64(chunks) * 4096))
      var below = UInt64(chunks)
      for level in 1...geometry.levels {
        #expect(geometry.blockCount(level: level) == (below + 127) / 128)
        below = geometry.blockCount(level: level)
      }
      #expect(below == 1, "the last level of \(chunks) chunks is one block")
      #expect(geometry.treeLength == geometry.firstBlock(level: geometry.levels + 1) * 4096)
    }
  }

  @Test func geometryRefusesWhatIsNoWholeNumberOfChunks() {
    #expect(VerityGeometry(dataLength: 0) == nil)
    #expect(VerityGeometry(dataLength: 4095) == nil)
    #expect(VerityGeometry(dataLength: UInt64.max - 4095) == nil)
  }

  @Test func segmentsHoldAPowerOfTwoOfElements() {
    for size in [1, 4, 8, 16, 64, 384, 448, 1536, 4096] {
      let shift = Segment.elementShift(elementSize: size)
      #expect(size << shift <= Segment.maximumPayload)
      #expect(size << (shift + 1) > Segment.maximumPayload)
    }
  }

  @Test func segmentValuesAreLongEnoughToBeAligned() {
    for count in [0, 1, 1999, 2000, 2001, 5000] {
      let value = Segment.value(payload: [UInt8](repeating: 9, count: count), elementSize: 1)
      #expect(value.count >= Segment.minimumValue)
      #expect(value.withBytes { $0.integer(at: 0, as: UInt64.self) } == UInt64(count))
      #expect(Array(value[48..<48 + count]) == [UInt8](repeating: 9, count: count))
    }
  }

  @Test func recordsReadBackAsWritten() {
    let entry = EntryRecord(
      answerAddress: 1 << 40, frameLength: 77, answerLength: 300, validFrom: -5, validUntil: 1 << 40, textAddress: 12,
      idLength: 3, sourceLength: 4, scopeLength: 5, usageLength: 6, route: 2, flags: EntryRecord.exactOnly,
      canonicalQuestion: 9)
    #expect(entry.encoded.count == EntryRecord.size)
    #expect(entry.encoded.withBytes { EntryRecord($0) } == entry)
    let question = QuestionRecord(textAddress: 1 << 33, textLength: 44, owner: QuestionRecord.distractorFlag | 3)
    #expect(question.encoded.withBytes { QuestionRecord($0) } == question)
    let list = ListRecord(firstRow: 5, rowCount: 6, firstBlock: 7)
    #expect(list.encoded.count == ListRecord.size)
    #expect(list.encoded.withBytes { ListRecord($0) } == list)
    let piece = PieceRecord(textOffset: 5, scale: 65_535, textLength: 24, isStart: 1)
    #expect(piece.encoded.count == PieceRecord.size)
    #expect(piece.encoded.withBytes { PieceRecord($0) } == piece)
    let point = AcceptancePoint(score: -9, acceptance: 10, mode: 1)
    #expect(point.encoded.withBytes { AcceptancePoint($0) } == point)
    let distractor = DistractorRecord(reason: 3, route: 4)
    #expect(distractor.encoded.withBytes { DistractorRecord($0) } == distractor)
  }

  @Test func aMergedEntryNamesTheOneThatAnswers() {
    var entry = EntryRecord(
      answerAddress: 0, frameLength: 1, answerLength: 1, validFrom: 0, validUntil: 1, textAddress: 0, idLength: 1,
      sourceLength: 0, scopeLength: 0, usageLength: 0, route: 0, flags: 0, canonicalQuestion: 0)
    #expect(entry.encoded[60..<64].elementsEqual([0, 0, 0, 0]), "zero means none, as in files without the field")
    for ordinal: UInt32 in [0, 7, UInt32.max - 1] {
      entry.mergedInto = ordinal
      #expect(entry.encoded.withBytes { EntryRecord($0) } == entry)
    }
  }

  @Test func eachInputModeHasAThresholdAndALevel() throws {
    var decision = DecisionParameters(
      level: .certified, similarityWeight: 1, marginWeight: 2, textThreshold: 10, vectorThreshold: 20, clearMargin: 3,
      suggestionFloor: 4, maximumWrong: 5, assumedOutOfScope: 6, defaultRoute: 7, routeCount: 8,
      modes: DecisionModes(bothThreshold: -30, textLevel: .certified, vectorLevel: .selfTested, bothLevel: .exactOnly))
    #expect(decision.encoded.count == DecisionParameters.size)
    #expect(decision.encoded.withBytes { DecisionParameters($0) } == decision)
    let modes = [(true, false), (false, true), (true, true)].map { decision.mode(hasText: $0.0, hasVector: $0.1) }
    #expect(modes == [AcceptancePoint.textMode, AcceptancePoint.vectorMode, AcceptancePoint.bothMode])
    #expect(modes.map { decision.threshold(mode: $0) } == [10, 20, -30])
    #expect(modes.map { decision.level(mode: $0) } == [.certified, .selfTested, .exactOnly])
    // A file of zeros there has neither a third point nor levels of its own; zero is no threshold.
    decision.modes = nil
    #expect(decision.encoded[68...].allSatisfy { $0 == 0 })
    let plain = try #require(decision.encoded.withBytes { DecisionParameters($0) })
    #expect(plain.mode(hasText: true, hasVector: true) == AcceptancePoint.vectorMode)
    #expect(plain.threshold(mode: AcceptancePoint.bothMode) == 20)
    #expect(plain.level(mode: AcceptancePoint.vectorMode) == .certified)
  }

  @Test func anUnknownKindOfDecisionHasNoThresholdInAnyMode() throws {
    let decision = DecisionParameters(
      level: .certified, similarityWeight: 1, marginWeight: 2, textThreshold: 10, vectorThreshold: 20, clearMargin: 3,
      suggestionFloor: 4, maximumWrong: 5, assumedOutOfScope: 6, defaultRoute: 7, routeCount: 8,
      modes: DecisionModes(bothThreshold: -30, textLevel: .certified, vectorLevel: .certified, bothLevel: .certified))
    var bytes = decision.encoded
    bytes[0] = 200
    let read = try #require(bytes.withBytes { DecisionParameters($0) })
    for mode: UInt32 in 0...3 {
      #expect(read.threshold(mode: mode) == DecisionParameters.never)
      #expect(read.level(mode: mode) == .exactOnly)
    }
  }

  @Test func shortRecordsAreNoRecords() {
    let short = [UInt8](repeating: 0, count: 7)
    #expect(short.withBytes { EntryRecord($0) } == nil)
    #expect(short.withBytes { QuestionRecord($0) } == nil)
    #expect(short.withBytes { ListRecord($0) } == nil)
    #expect(short.withBytes { PieceRecord($0) } == nil)
    #expect(short.withBytes { AcceptancePoint($0) } == nil)
    #expect(short.withBytes { DistractorRecord($0) } == nil)
  }

  @Test func parametersOutOfRangeAreRefused() {
    let good = IndexParameters(dimensions: 384, rowCount: 9, listCount: 2, subquantizers: 96, probes: 1, rerank: 64)
    #expect(good.encoded.withBytes { IndexParameters($0) } == good)
    #expect(good.firstProbes == good.probes && good.leastRerank == good.rerank, "unless said otherwise, nothing stops")
    let changes: [(String, (inout IndexParameters) -> Void)] = [
      ("no dimensions", { $0.dimensions = 0 }), ("too many dimensions", { $0.dimensions = 5000 }),
      ("too many rows", { $0.rowCount = 1 << 31 }), ("no lists", { $0.listCount = 0 }),
      ("odd sub-quantisers", { $0.subquantizers = 95 }),
      ("more sub-quantisers than components", { $0.subquantizers = 98 }),
      ("no probes", { $0.probes = 0 }), ("more probes than lists", { $0.probes = 3 }),
      ("no re-rank", { $0.rerank = 0 }),
      ("unbounded re-rank", { $0.rerank = 1025 }),
      ("a shift of all bits", { $0.rotationShift = 25 }), ("a code shift too far", { $0.codeShift = 17 }),
      ("more first probes than probes", { $0.firstProbes = 2 }),
      ("a margin without end", { $0.probeMargin = StoppingRule.greatestMargin + 1 }),
      ("a least re-rank above the most", { $0.leastRerank = 65 }),
      ("a re-rank margin without end", { $0.rerankMargin = StoppingRule.greatestMargin + 1 }),
    ]
    for (name, change) in changes {
      var parameters = good
      change(&parameters)
      #expect(parameters.encoded.withBytes { IndexParameters($0) } == nil, "\(name)")
    }
  }

  @Test func bytesNeverLeaveTheirWindow() {
    [UInt8](0..<16).withBytes { bytes in
      for offset in [-1, 0, 8, 9, 15, 16, 17, Int.max, Int.min] {
        let fits = offset >= 0 && offset <= 8
        #expect((bytes.integer(at: offset, as: UInt64.self) != nil) == fits, "offset \(offset)")
        for length in [-1, 0, 1, 16, Int.max] {
          let lies = offset >= 0 && length >= 0 && offset <= 16 && length <= 16 - max(offset, 0)
          #expect((bytes.slice(offset, length) != nil) == lies, "\(length) at \(offset)")
        }
      }
      #expect(bytes[-1] == 0 && bytes[16] == 0 && bytes[Int.max] == 0)
    }
  }

  @Test func keyHashesAreThoseOfTheSpecification() {
    func hash(_ text: String, _ domain: UInt8) -> UInt64 {
      Array(text.utf8).withBytes { KeyHash.of($0, domain: domain) }
    }
    // Computed from the definition in spec/v1/bundle-format.md by a program of its own.
    #expect(hash("", KeyHash.question) == 0x0D7C_EA42_B505_7E4C)
    #expect(hash("what is curl", KeyHash.question) == 0xCD54_C0D8_DFA3_1BA7)
  }
}
