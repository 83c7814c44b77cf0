import CAlmanac
import CAlmanacHeader
import Foundation
import Testing

/// Opening bundles, and what they say of themselves.
extension CInterfaceTests {
  @Test func scoresFallIntoTheStepsThatTheBundleExpects() throws {
    var bundle: OpaquePointer?
    #expect(almanac_open(try Self.bundle.get(), ALMANAC_OPEN_LAZY, &bundle, nil) == ALMANAC_OK)
    defer { almanac_close(bundle) }
    var properties = almanac_properties()
    properties.size = MemoryLayout<almanac_properties>.size
    #expect(almanac_describe(bundle, &properties) == ALMANAC_OK)
    let count = properties.score_step_count
    #expect(count <= ALMANAC_MAXIMUM_SCORE_STEPS)
    let shares = withUnsafeBytes(of: properties.expected_scores) { Array($0.bindMemory(to: UInt32.self)) }
    #expect(shares.dropFirst(Int(count)).allSatisfy { $0 == 0 })
    let session = try Session()
    for question in ["library phone number", "how tall is the lighthouse", "where may I print something"] {
      #expect(session.ask(question).scoreStep <= count)
    }
  }

  @Test func refusesWhatIsNoBundle() throws {
    var bundle = OpaquePointer(bitPattern: 1)
    var detail: UInt64 = 99
    #expect(almanac_open("/nowhere/x.almanac", ALMANAC_OPEN_LAZY, &bundle, &detail) == ALMANAC_CANNOT_OPEN)
    #expect(bundle == nil)
    #expect(detail == UInt64(ENOENT))
    #expect(almanac_open(#filePath, ALMANAC_OPEN_COPY, &bundle, nil) == ALMANAC_NOT_A_BUNDLE)
    #expect(almanac_open(nil, ALMANAC_OPEN_LAZY, &bundle, nil) == ALMANAC_INVALID_ARGUMENT)
    #expect(almanac_open(#filePath, ALMANAC_OPEN_LAZY, nil, nil) == ALMANAC_INVALID_ARGUMENT)
    #expect(almanac_open(#filePath, almanac_open_mode(7), &bundle, nil) == ALMANAC_INVALID_ARGUMENT)

    // Every chunk damaged but the footer: nothing of it may be believed.
    var bytes = try Data(contentsOf: URL(filePath: Self.bundle.get()))
    for offset in stride(from: 100, to: bytes.count - 4096, by: 4096) { bytes[offset] ^= 1 }
    let damaged = FileManager.default.temporaryDirectory.appending(path: "almanac-c-\(UUID())")
    try bytes.write(to: damaged)
    defer { try? FileManager.default.removeItem(at: damaged) }
    #expect(almanac_open(damaged.path, ALMANAC_OPEN_LAZY, &bundle, nil) == ALMANAC_DAMAGED)
    #expect(bundle == nil)
  }

  @Test func describesTheBundle() throws {
    var bundle: OpaquePointer?
    #expect(almanac_open(try Self.bundle.get(), ALMANAC_OPEN_LAZY, &bundle, nil) == ALMANAC_OK)
    defer { almanac_close(bundle) }
    var properties = almanac_properties()
    #expect(almanac_describe(bundle, &properties) == ALMANAC_INVALID_ARGUMENT)
    properties.size = MemoryLayout<almanac_properties>.size
    #expect(almanac_describe(bundle, &properties) == ALMANAC_OK)
    #expect(properties.version == 1)
    #expect(properties.entry_count == 8)
    #expect(properties.dimensions == 384)
    #expect(
      withUnsafeBytes(of: properties.vector_model) { String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self) }
        == "sentence-transformers/all-MiniLM-L6-v2")
    #expect(properties.expected_hits <= 1_000_000 || properties.expected_hits == UInt32.max)
  }
}
