import BundleFormat

/// Writing one section, and counting its bytes.
extension BundleWriter {
  /// Writes a section whose bytes are in memory.
  mutating func whole(_ name: SectionName, elementSize: Int, _ bytes: [UInt8]) throws {
    var writer = SectionWriter(name, elementSize: elementSize, to: output, through: buffer)
    try writer.append(bytes)
    try writer.finish()
    sizes.append((name, bytes.count))
  }

  /// Writes a large section element by element: what it holds is in memory once already.
  mutating func section(
    _ name: SectionName, elementSize: Int, _ fill: (inout SectionWriter) throws -> Void
  ) throws {
    var writer = SectionWriter(name, elementSize: elementSize, to: output, through: buffer)
    try fill(&writer)
    try writer.finish()
    sizes.append((name, writer.byteCount))
  }

  /// Writes the slots of a hash table.
  mutating func table(_ name: SectionName, _ slots: [UInt64]) throws {
    try section(name, elementSize: HashTable.slotSize) { writer in
      for part in ranges(of: slots.count, size: 1 << 16) { try writer.append(HashTableBuilder.encode(slots[part])) }
    }
  }

  /// Writes the rows `order` of a matrix.
  mutating func vectors(_ name: SectionName, _ vectors: VectorMatrix, order: [Int]) throws {
    var writer = SectionWriter(name, elementSize: vectors.stride, to: output, through: buffer)
    for index in order { try writer.append(vectors.row(index).bytes) }
    try writer.finish()
    sizes.append((name, writer.byteCount))
  }

  /// Writes byte strings one after the other.
  mutating func blob(_ name: SectionName, _ texts: some Sequence<[UInt8]>) throws {
    var writer = SectionWriter(name, elementSize: Segment.blobElement, to: output, through: buffer)
    for text in texts { _ = try writer.appendBlob(text) }
    try writer.finish()
    sizes.append((name, writer.byteCount))
  }
}
