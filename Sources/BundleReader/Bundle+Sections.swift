import BundleFormat
import CKernels

/// The one way to bytes of the file: each is inside its section and checked against the hash tree before it is handed out.
extension Bundle {
  /// The number of elements of a section.
  public func count(_ name: SectionName) -> Int { sections.section(name).count }

  /// The bytes of a section's payloads and the number of its segments.
  public func size(_ name: SectionName) -> (bytes: Int, segments: Int) {
    let section = sections.section(name)
    return (section.count * section.elementSize, section.segmentCount)
  }

  /// The element of an array section at `index`, checked against the hash tree.
  ///
  /// - Throws: `malformedSection` if there is no such element, `damagedChunk`.
  @inline(__always)
  func element(_ name: SectionName, _ index: Int) throws(BundleError) -> Bytes {
    let section = sections.section(name)
    let offset = try self.offset(section, name, index)
    guard let bytes = try verity.bytes(offset: offset, length: section.elementSize) else {
      throw .malformedSection(name)
    }
    return bytes
  }

  /// The element of an array section at `index`, which `element` or `run` has handed out before in the same search, so that it need
  /// not be checked against the hash tree again.
  ///
  /// - Throws: `malformedSection` if there is no such element.
  @inline(__always)
  func elementAgain(_ name: SectionName, _ index: Int) throws(BundleError) -> Bytes {
    let section = sections.section(name)
    let offset = try self.offset(section, name, index)
    guard let bytes = data.slice(offset, section.elementSize) else { throw .malformedSection(name) }
    return bytes
  }

  /// Asks the processor for the first elements of a run that will be read, `limit` bytes of them at most. Nothing is read of them
  /// yet, so nothing is checked.
  ///
  /// - Throws: `malformedSection` if there is no such element.
  func prefetch(_ name: SectionName, first: Int, count: Int, limit: Int) throws(BundleError) {
    let section = sections.section(name)
    let offset = try self.offset(section, name, first)
    let size = min(limit, data.count - offset, min(max(count, 0), section.count) * section.elementSize)
    if let bytes = data.slice(offset, max(size, 0)) { unsafe almanac_prefetch(bytes.unsafeStart, bytes.count) }
  }

  @inline(__always)
  private func offset(_ section: Section, _ name: SectionName, _ index: Int) throws(BundleError) -> Int {
    guard section.segmentCount == 1, index >= 0, index < section.count else {
      return try offsetInSegment(section, name, index)
    }
    return section.start + index * section.elementSize
  }

  @inline(never)
  private func offsetInSegment(_ section: Section, _ name: SectionName, _ index: Int) throws(BundleError) -> Int {
    guard index >= 0, index < section.count, let place = sections.place(section, segment: index >> section.shift) else {
      throw .malformedSection(name)
    }
    return place.offset + (index & (1 << section.shift - 1)) * section.elementSize
  }

  /// As many of `count` elements from `first` as lie together in one segment, at least one, checked.
  ///
  /// - Throws: `malformedSection` if `first + count` is beyond the section, `damagedChunk`.
  func run(_ name: SectionName, first: Int, count: Int) throws(BundleError) -> (bytes: Bytes, count: Int) {
    let section = sections.section(name)
    guard first >= 0, count > 0, count <= section.count, first <= section.count - count,
      let place = sections.place(section, segment: first >> section.shift)
    else { throw .malformedSection(name) }
    let within = first & (1 << section.shift - 1)
    let together = min(count, 1 << section.shift - within)
    let offset = place.offset + within * section.elementSize
    guard let bytes = try verity.bytes(offset: offset, length: together * section.elementSize) else {
      throw .malformedSection(name)
    }
    return (bytes, together)
  }

  /// The bytes of a blob section at `address`, checked against the hash tree.
  ///
  /// - Throws: `malformedSection` if they do not lie in one segment, `damagedChunk`.
  func blob(_ name: SectionName, address: UInt64, length: Int) throws(BundleError) -> Bytes {
    let section = sections.section(name)
    if length == 0, let nothing = data.slice(0, 0) { return nothing }
    let within = Int(address & UInt64(Segment.maximumPayload - 1))
    guard section.elementSize == Segment.blobElement,
      address >> UInt64(Segment.blobShift) < UInt64(section.segmentCount),
      let place = sections.place(section, segment: Int(address >> UInt64(Segment.blobShift))),
      length > 0, within <= place.length, length <= place.length - within,
      let bytes = try verity.bytes(offset: place.offset + within, length: length)
    else {
      if let base, let address = LayerBase.address(address) {
        return try base.bundle.blob(name, address: address, length: length)
      }
      throw .malformedSection(name)
    }
    return bytes
  }

  /// The payload of one segment of a section, checked; for tools that look at all of it.
  public func segment(_ name: SectionName, _ number: Int) throws(BundleError) -> Bytes {
    guard let place = sections.place(sections.section(name), segment: number),
      let bytes = data.slice(place.offset, place.length)
    else { throw .malformedSection(name) }
    try verity.check(offset: place.offset, length: place.length)
    return bytes
  }

  /// The payload of a section that is one segment, and where it begins in the data; `nil` if it is not one. Nothing of it is
  /// checked yet.
  func unchecked(_ name: SectionName) -> (bytes: Bytes, offset: Int)? {
    let section = sections.section(name)
    guard section.segmentCount == 1, let place = sections.place(section, segment: 0),
      let bytes = data.slice(place.offset, place.length)
    else { return nil }
    return (bytes, place.offset)
  }
}
