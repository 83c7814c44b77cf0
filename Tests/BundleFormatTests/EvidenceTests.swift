import BundleFormat
import Testing

/// The numbers and records in which evidence stands in a bundle.
@Suite struct EvidenceTests {
  @Test func featuresAreNumberedWithoutGaps() {
    #expect(Evidence.count == Evidence.allCases.count)
    #expect(Evidence.allCases.map { Int($0.rawValue) } == Array(0..<Evidence.count))
    #expect(Evidence(rawValue: UInt8(Evidence.count)) == nil)
  }

  @Test func everyFeatureHasANameOfItsOwn() {
    let names = Evidence.allCases.map { "\($0.name)" }
    #expect(Set(names).count == Evidence.count)
    for name in names {
      #expect(
        !name.isEmpty
          && name.utf8.allSatisfy { $0 == UInt8(ascii: "-") || (UInt8(ascii: "a")...UInt8(ascii: "z")).contains($0) })
    }
  }

  @Test func pieceRunsReadBackAsWritten() {
    for address: UInt64 in [0, 1, 1 << 26, 1 << 40, .max] {
      for count: UInt32 in [0, 1, 127, 128] {
        for wordings: UInt32 in [0, 1, .max] {
          let record = PieceRunRecord(address: address, count: count, wordings: wordings)
          #expect(record.encoded.count == PieceRunRecord.size)
          #expect(record.encoded.withBytes { PieceRunRecord($0) } == record)
        }
      }
    }
  }

  @Test func pieceRunsLongerThanATextAreRefused() {
    #expect(Tokenizer.mostPieces == EncoderParameters.maximumPieces)
    for count: UInt32 in [129, 0x7FFF_FFFF, 0x8000_0000, .max] {
      let bytes = PieceRunRecord(address: 0, count: count, wordings: 1).encoded
      #expect(bytes.withBytes { PieceRunRecord($0) } == nil)
    }
  }

  @Test func shortPieceRunsAreRefused() {
    let bytes = PieceRunRecord(address: 5, count: 4, wordings: 3).encoded
    for length in 0..<bytes.count { #expect(Array(bytes[..<length]).withBytes { PieceRunRecord($0) } == nil) }
  }
}
