import BundleFormat
import Foundation
import TestSupport

/// A file with a bundle that is changed at some places for a moment.
final class ChangedFile {
  /// The bytes of the whole bundle.
  let good: [UInt8]
  let path: String
  private let map: BundleMap
  private let parts: [[Range<Int>]]
  private let descriptor: Int32
  private let folder: TemporaryFolder
  private var now: [UInt8]
  private var changed: [Range<Int>] = []

  /// A copy of the golden bundle of this name.
  convenience init(_ name: String) { self.init(Repository.path("spec/v1/vectors/\(name).almanac"), name: name) }

  /// A copy of the bundle at `original`.
  init(_ original: String, name: String) {
    let parent = FileManager.default.isWritableFile(atPath: "/dev/shm") ? "/dev/shm" : nil
    guard let good = try? contents(original), let folder = try? TemporaryFolder(in: parent) else {
      fatalError("no copy of \(original) can be made")
    }
    self.good = good
    self.folder = folder
    now = good
    let map = BundleMap(good)
    self.map = map
    let regions = Dictionary(grouping: map.regions.filter { $0.range.upperBound <= map.dataLength }, by: \.name)
    parts = regions.keys.sorted().map { regions[$0]?.map(\.range) ?? [] }
    path = folder.file(name)
    descriptor = open(path, O_RDWR | O_CREAT, 0o600)
    write(0..<good.count)
  }

  /// Carries out the edits that `input` describes, eight bytes each: the part of the bundle, the place in it (three bytes), what
  /// to do, and a value. With `isSealed` the hash tree and the footer then fit.
  func change(_ input: ArraySlice<UInt8>, isSealed: Bool) {
    for start in stride(from: input.startIndex, to: input.endIndex - 7, by: 8).prefix(16) {
      let edit = Array(input[start..<start + 8])
      let part = parts[Int(edit[0]) % parts.count]
      var place = (Int(edit[1]) | Int(edit[2]) << 8 | Int(edit[3]) << 16) % part.reduce(0) { $0 + $1.count }
      for range in part {
        if place < range.count {
          apply(edit, range.lowerBound + place)
          break
        }
        place -= range.count
      }
    }
    if isSealed { seal() }
    for range in changed { write(range) }
  }

  /// Writes these bytes to a place. With `isSealed` the hash tree and the footer then fit.
  func put(_ bytes: [UInt8], at place: Int, isSealed: Bool = false) {
    now.replaceSubrange(place..<place + bytes.count, with: bytes)
    changed.append(place..<place + bytes.count)
    if isSealed { seal() }
    for range in changed { write(range) }
  }

  /// The root of the hash tree, as the footer has it.
  var root: [UInt8] {
    let footer = map.dataLength + map.treeLength
    return Array(now[footer + 32..<footer + 64])
  }

  /// Makes the file what it was.
  func restore() {
    for range in changed {
      now.replaceSubrange(range, with: good[range])
      write(range)
    }
    changed = []
  }

  /// The place of a section's payload.
  func payload(_ name: SectionName) -> Range<Int> { map.segment(name)?.payload ?? 0..<0 }

  private func apply(_ edit: [UInt8], _ place: Int) {
    let small = UInt64(edit[5]) | UInt64(edit[6]) << 8 | UInt64(edit[7]) << 16
    let values: [UInt64] = [
      small, UInt64.max - small, 1 << 63 + small, small << 40, 1 << 26 + small, small << 24, 1 << 31 + small,
      small << 8,
    ]
    let value = values[Int(edit[4] >> 2) % 8]
    let size = min(1 << Int(edit[4] & 3), map.dataLength - place)
    for index in 0..<size { now[place + index] = UInt8(truncatingIfNeeded: value >> UInt64(8 * index)) }
    changed.append(place..<place + size)
  }

  // Hashes again what stands over the changed chunks, and only that.
  private func seal() {
    var chunks = Set(changed.flatMap { $0.lowerBound / 4096...($0.upperBound - 1) / 4096 })
    var (start, below) = (0, map.dataLength)
    var level: UInt8 = 0
    var last = start
    while true {
      let above = below
      for chunk in chunks {
        let bytes = now[start + 4096 * chunk..<start + 4096 * chunk + 4096]
        let digest = SealedBundle.digest(bytes, level: level, index: chunk)
        let place = above + Digest.size * chunk
        now.replaceSubrange(place..<place + Digest.size, with: digest)
        changed.append(place..<place + Digest.size)
      }
      chunks = Set(chunks.map { $0 / 128 })
      let count = ((above - start) / 4096 + 127) / 128
      level += 1
      start = above
      below = above + 4096 * count
      last = start
      if count == 1 { break }
    }
    let footer = map.dataLength + map.treeLength
    let root = SealedBundle.digest(now[last..<last + 4096], level: level, index: 0)
    now.replaceSubrange(footer + 32..<footer + 64, with: root)
    let digest = Array(now[footer..<footer + 4064]).withBytes { Digest(of: $0, for: .footer) }.encoded
    now.replaceSubrange(footer + 4064..<footer + 4096, with: digest)
    changed.append(footer..<footer + 4096)
  }

  private func write(_ range: Range<Int>) {
    let count = unsafe now.withUnsafeBytes {
      unsafe pwrite(descriptor, $0.baseAddress! + range.lowerBound, range.count, range.lowerBound)
    }
    guard count == range.count else { fatalError("\(path) cannot be written") }
  }
}
