import BundleFormat

/// Checking chunks before they are asked for.
extension Bundle {
  // What every search reads from end to end, beyond what was read above. Of a bundle with one list that is all its vectors, of
  // one with many their centroids, however they are chosen.
  func checkHotSections() throws(BundleError) {
    var hot: [SectionName] = [
      .indexLists, .indexCodebooks, .indexRotation, .indexListCodebooks, .indexListCodes, .indexCentroids,
    ]
    if index.listCount == 1 { hot += [.indexQuestions, .indexVectors] }
    var ahead = ReadAhead(verity)
    for name in hot { Self.expect(name, sections, &ahead) }
    for name in hot { try check(name) }
  }

  static func expect(_ name: SectionName, _ sections: borrowing SectionDirectory, _ ahead: inout ReadAhead) {
    let section = sections.section(name)
    for number in 0..<section.segmentCount {
      guard let place = sections.place(section, segment: number) else { return }
      // The first page of a section has been asked for with the directory.
      let first = number > 0 ? 0 : VerityGeometry.chunkSize - place.offset & (VerityGeometry.chunkSize - 1)
      ahead.expect(offset: place.offset + first, length: place.length - first)
    }
  }

  func check(_ name: SectionName) throws(BundleError) {
    let section = sections.section(name)
    for number in 0..<section.segmentCount {
      guard let place = sections.place(section, segment: number) else { throw .malformedSection(name) }
      try verity.check(offset: place.offset, length: place.length)
    }
  }

  /// Checks every chunk of the file and calls `report` with the index of each bad one. Returns how many there are.
  public func verify(report: (UInt64) -> Void) -> UInt64 { verity.checkAll(report: report) }

  /// The number of chunks, blocks of the hash tree included, that were found damaged so far; of a pair in both files. O(chunks).
  public var damagedChunkCount: Int { verity.damagedCount + (base?.bundle.damagedChunkCount ?? 0) }

  /// The number of chunks, blocks of the hash tree included, that were checked so far and are good. O(chunks).
  var checkedChunkCount: Int { verity.goodCount }
}
