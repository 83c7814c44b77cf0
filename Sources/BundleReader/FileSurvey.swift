import BundleFormat

/// A bundle's file looked at for damage. Unlike `Bundle` it opens a file whose contents are not whole, so that all damage can be
/// listed and named. Not for answering.
public final class FileSurvey {
  /// What lies in a chunk.
  public enum Place: Equatable, Sendable {
    /// Part of a segment of a section: its elements first…last (of a blob: addresses of bytes). `nil` for both if only what
    /// surrounds the payload lies there.
    case section(SectionName, segment: Int, first: UInt64?, last: UInt64?)
    /// A page of LMDB that holds no section: the directory, or a page that is not used.
    case directory
    /// A block of the hash tree, over these chunks of data.
    case tree(level: Int, first: UInt64, last: UInt64)
    /// It cannot be known, since the directory is damaged.
    case unknown
  }

  /// The footer: version, expiry, signature.
  public let footer: Footer
  private let memory: FileMemory
  private let data: Bytes
  private let verity: VerityTree
  private let geometry: VerityGeometry
  private let sections: SectionDirectory?

  /// Opens the file at `path`.
  ///
  /// - Throws: Why it is no bundle: `cannotOpen`, or what is wrong with the footer. Damage elsewhere does not matter.
  public init(path: String) throws(BundleError) {
    memory = try (Array(path.utf8) + [0]).withBytes { path throws(BundleError) in
      unsafe try FileMemory(path: path.unsafeStart.assumingMemoryBound(to: CChar.self), mode: .lazy)
    }
    let bytes = memory.bytes
    let footer = try Bundle.footer(of: bytes)
    guard let data = bytes.slice(0, Int(footer.dataLength)),
      let tree = bytes.slice(data.count, bytes.count - data.count - Footer.size),
      let geometry = VerityGeometry(dataLength: footer.dataLength)
    else { throw .footerDamaged }
    self.footer = footer
    self.data = data
    self.geometry = geometry
    verity = try VerityTree(data: data, tree: tree, root: footer.root)
    sections = Self.directory(data, verity)
  }

  // Where damage is in the way of the directory, what can still be made out without checks tells more than nothing. Every step
  // is bounded whatever the bytes are.
  private static func directory(_ data: Bytes, _ verity: VerityTree) -> SectionDirectory? {
    do throws(BundleError) {
      return try SectionDirectory(data: data, verity: verity)
    } catch {
      do throws(BundleError) {
        return try SectionDirectory(data: data, verity: nil)
      } catch {
        return nil
      }
    }
  }

  /// Checks every chunk of the file and calls `report` with the index of each bad one, counted from the start of the file, blocks
  /// of the hash tree included and first. Returns how many there are. About 1 s for 1 GB.
  public func check(report: (UInt64) -> Void) -> UInt64 { verity.checkAll(report: report) }

  /// Whether a chunk, or a block of the hash tree, could be told to be bad: not so if the block that holds its digest is bad itself.
  public func canBeChecked(_ chunk: UInt64) -> Bool {
    var level = 0
    var index = chunk
    if chunk >= geometry.chunkCount {
      let block = chunk - geometry.chunkCount
      level = self.level(of: block)
      index = block - geometry.firstBlock(level: level)
    }
    return level == geometry.levels || verity.isGood(level: level + 1, index: index / UInt64(VerityGeometry.fanOut))
  }

  private func level(of block: UInt64) -> Int {
    var level = 1
    while level < geometry.levels, block >= geometry.firstBlock(level: level + 1) { level += 1 }
    return level
  }

  /// What lies in a chunk, by its index from the start of the file.
  public func place(of chunk: UInt64) -> Place {
    guard chunk < geometry.chunkCount else { return treePlace(chunk - geometry.chunkCount) }
    guard sections != nil else { return .unknown }
    let start = Int(chunk) << VerityGeometry.chunkShift
    for name in SectionName.allCases {
      let section = self.section(name)
      for segment in 0..<section.segmentCount {
        guard let place = sections?.place(section, segment: segment) else { continue }
        // LMDB's header of 16 bytes and the lead-in stand before the payload.
        let page = (place.offset - Segment.leadIn) & ~(VerityGeometry.chunkSize - 1)
        guard start >= page, start < place.offset + max(place.length, 1) else { continue }
        return elements(section, name, segment, place, start)
      }
    }
    return .directory
  }

  private func elements(
    _ section: Section, _ name: SectionName, _ segment: Int, _ place: (offset: Int, length: Int), _ start: Int
  ) -> Place {
    let from = max(start, place.offset) - place.offset
    let to = min(start + VerityGeometry.chunkSize, place.offset + place.length) - place.offset
    guard from < to, section.elementSize > 0 else { return .section(name, segment: segment, first: nil, last: nil) }
    let isBlob = section.elementSize == Segment.blobElement
    let before = UInt64(segment) << UInt64(isBlob ? Segment.blobShift : section.shift)
    return .section(
      name, segment: segment, first: before + UInt64(from / section.elementSize),
      last: before + UInt64((to - 1) / section.elementSize))
  }

  private func treePlace(_ block: UInt64) -> Place {
    let level = level(of: block)
    var span: UInt64 = 1
    for _ in 0..<level { span *= UInt64(VerityGeometry.fanOut) }
    let first = (block - geometry.firstBlock(level: level)) * span
    return .tree(level: level, first: first, last: min(first + span, geometry.chunkCount) - 1)
  }

  /// The number of elements of a section, as the directory has it.
  public func count(_ name: SectionName) -> Int { section(name).count }

  /// An element of an array section; `nil` if there is none or it lies in a bad chunk.
  public func element(_ name: SectionName, _ index: Int) -> Bytes? {
    let section = self.section(name)
    guard index >= 0, index < section.count,
      let place = sections?.place(section, segment: index >> section.shift)
    else { return nil }
    return checked(place.offset + (index & (1 << section.shift - 1)) * section.elementSize, section.elementSize)
  }

  /// Bytes of a blob section; `nil` if there are none or they lie in a bad chunk.
  public func blob(_ name: SectionName, address: UInt64, length: Int) -> Bytes? {
    let section = self.section(name)
    let within = Int(address & UInt64(Segment.maximumPayload - 1))
    guard section.elementSize == Segment.blobElement,
      address >> UInt64(Segment.blobShift) < UInt64(section.segmentCount),
      let place = sections?.place(section, segment: Int(address >> UInt64(Segment.blobShift))), length >= 0,
      within <= place.length, length <= place.length - within
    else { return nil }
    return checked(place.offset + within, length)
  }

  private func section(_ name: SectionName) -> Section { sections?.section(name) ?? Section() }

  private func checked(_ offset: Int, _ length: Int) -> Bytes? {
    do throws(BundleError) {
      try verity.check(offset: offset, length: length)
      return data.slice(offset, length)
    } catch {
      return nil
    }
  }
}
