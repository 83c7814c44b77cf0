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
    let changes: [(String, (inout IndexParameters) -> Void)] = [
      ("no dimensions", { $0.dimensions = 0 }), ("too many dimensions", { $0.dimensions = 5000 }),
      ("too many rows", { $0.rowCount = 1 << 31 }), ("no lists", { $0.listCount = 0 }),
      ("odd sub-quantisers", { $0.subquantizers = 95 }),
      ("more sub-quantisers than components", { $0.subquantizers = 98 }),
      ("no probes", { $0.probes = 0 }), ("more probes than lists", { $0.probes = 3 }),
      ("no re-rank", { $0.rerank = 0 }),
      ("unbounded re-rank", { $0.rerank = 1025 }),
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
