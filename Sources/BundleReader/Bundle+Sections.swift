import BundleFormat

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
    guard section.segmentCount == 1, index >= 0, index < section.count else {
      return try elementOfSegment(section, name, index)
    }
    let offset = section.start + index * section.elementSize
    try verity.check(offset: offset, length: section.elementSize)
    guard let bytes = data.slice(offset, section.elementSize) else { throw .malformedSection(name) }
    return bytes
  }

  @inline(never)
  private func elementOfSegment(
    _ section: Section, _ name: SectionName, _ index: Int
  ) throws(BundleError) -> Bytes {
    guard index >= 0, index < section.count, let place = sections.place(section, segment: index >> section.shift) else {
      throw .malformedSection(name)
    }
    let offset = place.offset + (index & (1 << section.shift - 1)) * section.elementSize
    try verity.check(offset: offset, length: section.elementSize)
    guard let bytes = data.slice(offset, section.elementSize) else { throw .malformedSection(name) }
    return bytes
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
    try verity.check(offset: offset, length: together * section.elementSize)
    guard let bytes = data.slice(offset, together * section.elementSize) else { throw .malformedSection(name) }
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
      let bytes = data.slice(place.offset + within, length)
    else {
      if let base, let address = LayerBase.address(address) {
        return try base.bundle.blob(name, address: address, length: length)
      }
      throw .malformedSection(name)
    }
    try verity.check(offset: place.offset + within, length: length)
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
