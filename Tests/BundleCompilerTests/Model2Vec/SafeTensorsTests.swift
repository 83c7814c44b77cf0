import Foundation
import TestSupport
import Testing

@testable import BundleCompiler

/// A safetensors file is read exactly, and one that contradicts itself is refused.
@Suite struct SafeTensorsTests {
  private static func file(_ header: String, _ data: [UInt8], in folder: TemporaryFolder) throws -> String {
    let length = UInt64(header.utf8.count)
    let bytes = (0..<8).map { UInt8(truncatingIfNeeded: length >> (8 * UInt64($0))) } + Array(header.utf8) + data
    try Data(bytes).write(to: URL(fileURLWithPath: folder.file("model.safetensors")))
    return folder.file("model.safetensors")
  }

  @Test(
    arguments: [
      ("I8", [0xFE, 0x7F], [-2.0, 127]), ("F16", [0x00, 0xC0, 0x00, 0x3C], [-2, 1]),
      ("BF16", [0x00, 0xC0, 0x80, 0x3F], [-2, 1]),
      ("F32", [0, 0, 0, 0xC0, 0, 0, 0x80, 0x3F], [-2, 1]), ("I32", [0xFE, 0xFF, 0xFF, 0xFF, 1, 0, 0, 0], [-2, 1]),
      ("F64", [0, 0, 0, 0, 0, 0, 0, 0xC0, 0, 0, 0, 0, 0, 0, 0xF0, 0x3F], [-2, 1]),
      ("I64", [0xFE] + [UInt8](repeating: 0xFF, count: 7) + [1, 0, 0, 0, 0, 0, 0, 0], [-2, 1]),
    ] as [(String, [UInt8], [Double])])
  func everyTypeOfElementIsReadExactly(type: String, bytes: [UInt8], values: [Double]) throws {
    let folder = try TemporaryFolder()
    let header =
      #"{"__metadata__":{"a":"b"},"t":{"dtype":"\#(type)","shape":[1,2],"data_offsets":[0,\#(bytes.count)]}}"#
    let tensors = try SafeTensors(path: try Self.file(header, bytes, in: folder))
    let tensor = try #require(tensors.tensors["t"])
    #expect(tensor.shape == [1, 2])
    #expect(try tensors.values(tensor, first: 0, count: 2) == values)
    #expect(try tensors.values(tensor, first: 1, count: 1) == [values[1]])
  }

  @Test(arguments: [
    #"{"t":{"dtype":"F32","shape":[2],"data_offsets":[0,4]}}"#,
    #"{"t":{"dtype":"F32","shape":[1],"data_offsets":[4,8]}}"#,
    #"{"t":{"dtype":"F32","shape":[1],"data_offsets":[4,0]}}"#,
    #"{"t":{"dtype":"F32","shape":[-1],"data_offsets":[0,4]}}"#,
    #"{"t":{"dtype":"F32","shape":[4611686018427387904,4],"data_offsets":[0,4]}}"#, #"{"t":{"dtype":"F32","shape":1}}"#,
    #"{"t":1}"#, #"[1]"#, #"{"t":"#, "",
  ])
  func aHeaderThatDoesNotFitIsRefused(header: String) throws {
    let folder = try TemporaryFolder()
    let path = try Self.file(header, [0, 0, 0, 0], in: folder)
    #expect(throws: InputError.self) { _ = try SafeTensors(path: path) }
  }

  @Test func everyTruncationIsRefusedOrReadsNothingBeyond() throws {
    let good = try contents(Repository.path("Tests/Fixtures/model2vec/unigram/model.safetensors"))
    let folder = try TemporaryFolder()
    for count in [0, 1, 7, 8, 9, 100, good.count / 2, good.count - 1] {
      try Data(good.prefix(count)).write(to: URL(fileURLWithPath: folder.file("model.safetensors")))
      #expect(throws: InputError.self, "\(count) bytes") {
        _ = try SafeTensors(path: folder.file("model.safetensors"))
      }
    }
  }

  @Test func aCharsmapOfAnyBytesIsSurvived() throws {
    var random = SeededRandom(seed: 5)
    for _ in 0..<500 {
      var bytes = (0..<Int.random(in: 0...200, using: &random)).map { _ in UInt8.random(in: 0...255, using: &random) }
      // Mostly a length that fits, or nothing but the length would be tested.
      if bytes.count > 8, Bool.random(using: &random) {
        bytes.replaceSubrange(0..<4, with: [UInt8(bytes.count / 8 * 4), 0, 0, 0])
      }
      guard let map = PrecompiledCharsmap(base64: Data(bytes).base64EncodedString()) else { continue }
      _ = map.normalize("aé日👩‍👩‍👧 ﬁ\u{0}b")
    }
    #expect(PrecompiledCharsmap(base64: "no base64!") == nil)
    #expect(PrecompiledCharsmap(base64: "") == nil)
  }
}
