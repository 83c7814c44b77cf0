import CAlmanac
import CAlmanacHeader
import Testing

/// Programs built against other headers: their structs are shorter or longer.
extension CInterfaceTests {
  /// A program built against a later header has longer structs. What it does not use is zero.
  @Test func acceptsLongerStructsWhoseEndIsZero() throws {
    let session = try Session()
    let size = MemoryLayout<almanac_request>.size
    let memory = UnsafeMutableRawPointer.allocate(byteCount: size + 8, alignment: 8)
    defer { memory.deallocate() }
    memory.initializeMemory(as: UInt8.self, repeating: 0, count: size + 8)
    let request = memory.bindMemory(to: almanac_request.self, capacity: 1)
    let text: StaticString = "library phone number"
    request.pointee.size = size + 8
    request.pointee.text = UnsafeRawPointer(text.utf8Start).assumingMemoryBound(to: CChar.self)
    request.pointee.text_length = text.utf8CodeUnitCount
    var result = almanac_result()
    result.size = MemoryLayout<almanac_result>.size
    #expect(almanac_query(session.handle, request, &result) == ALMANAC_OK)
    #expect(result.outcome == ALMANAC_HIT)
    memory.storeBytes(of: 1, toByteOffset: size, as: UInt8.self)
    #expect(almanac_query(session.handle, request, &result) == ALMANAC_INVALID_ARGUMENT)
  }

  /// A program built against an earlier header has shorter structs: they get the fields they have, and nothing behind them
  /// is touched.
  @Test func acceptsTheStructsOfTheFirstHeader() throws {
    #expect(MemoryLayout.offset(of: \almanac_request.variables) == 88)
    #expect(MemoryLayout.offset(of: \almanac_result.bundle_version) == 232)
    #expect(MemoryLayout.offset(of: \almanac_properties.expected_hits) == 304)
    #expect(MemoryLayout<almanac_statistics>.size == 376)

    let session = try Session()
    let memory = UnsafeMutableRawPointer.allocate(byteCount: MemoryLayout<almanac_result>.size, alignment: 8)
    defer { memory.deallocate() }
    memory.initializeMemory(as: UInt8.self, repeating: 0xAB, count: MemoryLayout<almanac_result>.size)
    let result = memory.bindMemory(to: almanac_result.self, capacity: 1)
    var request = almanac_request()
    request.size = MemoryLayout<almanac_request>.size
    let text: StaticString = "library phone number"
    request.text = UnsafeRawPointer(text.utf8Start).assumingMemoryBound(to: CChar.self)
    request.text_length = text.utf8CodeUnitCount
    result.pointee.size = 232
    #expect(almanac_query(session.handle, &request, result) == ALMANAC_OK)
    #expect(result.pointee.outcome == ALMANAC_HIT)
    #expect(result.pointee.size == 232)
    #expect(
      (232..<MemoryLayout<almanac_result>.size).allSatisfy { memory.load(fromByteOffset: $0, as: UInt8.self) == 0xAB })
    result.pointee.size = 231
    #expect(almanac_query(session.handle, &request, result) == ALMANAC_INVALID_ARGUMENT)
    #expect(result.pointee.outcome == ALMANAC_HIT, "what is refused is left as it is")

    var bundle: OpaquePointer?
    #expect(almanac_open(try Self.bundle.get(), ALMANAC_OPEN_LAZY, &bundle, nil) == ALMANAC_OK)
    defer { almanac_close(bundle) }
    var properties = almanac_properties()
    properties.size = 304
    properties.expected_hits = 77
    properties.reserved = 77
    #expect(almanac_describe(bundle, &properties) == ALMANAC_OK)
    #expect(properties.entry_count == 8)
    #expect((properties.expected_hits, properties.reserved) == (77, 77))
    #expect(properties.size == 304)
  }
}
