import TestSupport

/// The three ways in which a campaign damages a bundle.
enum DamageKind: String, CaseIterable, Sendable {
  case flips, truncations, splices
}

/// A damaged bundle: what to write in place of the good one.
struct Damage {
  enum Change {
    /// One bit of the first bundle is other than it was.
    case flip(offset: Int, mask: UInt8)
    /// The file has these bytes.
    case bytes([UInt8])
  }

  /// What the trial counts as in the report.
  let category: String
  let change: Change
  /// Whose footer the file ends in, so whose replies alone may come: 0 the first bundle, 1 the other.
  let footer: Int
}

/// Makes the damage of a trial from the seed of the campaign and the number of the trial alone, so that each can be repeated.
struct DamageMaker {
  private let kind: DamageKind
  private let seed: UInt64
  private let bundles: [[UInt8]]
  private let maps: [BundleMap]
  // The stretches of the first bundle by what they hold, in the order of the names.
  private let parts: [(name: String, ranges: [Range<Int>])]
  private let borders: [Int]

  init(kind: DamageKind, seed: UInt64, bundles: [[UInt8]]) {
    self.kind = kind
    self.seed = seed
    self.bundles = bundles
    maps = bundles.map { BundleMap($0) }
    let regions = Dictionary(grouping: maps[0].regions, by: \.name)
    parts = regions.keys.sorted().map { name in (name, (regions[name] ?? []).map(\.range)) }
    borders = maps[0].regions.map(\.range.lowerBound).filter { $0 > 0 }
  }

  /// The random numbers of a trial: first those of the damage, then the caller's.
  func random(trial: Int) -> SeededRandom { SeededRandom(seed: seed &+ UInt64(trial) &* 0xD129_0B2D_C8CA_26F5) }

  func damage(_ random: inout SeededRandom) -> Damage {
    switch kind {
    case .flips: flip(&random)
    case .truncations: truncation(&random)
    case .splices: splice(&random)
    }
  }

  // MARK: Flips

  // Each part of the file gets as many flips, whatever its size.
  private func flip(_ random: inout SeededRandom) -> Damage {
    let part = parts[Int.random(in: 0..<parts.count, using: &random)]
    var place = Int.random(in: 0..<part.ranges.reduce(0) { $0 + $1.count }, using: &random)
    var offset = 0
    for range in part.ranges {
      if place < range.count {
        offset = range.lowerBound + place
        break
      }
      place -= range.count
    }
    let bit = UInt8.random(in: 0..<8, using: &random)
    return Damage(category: part.name, change: .flip(offset: offset, mask: 1 << bit), footer: 0)
  }

  // MARK: Truncations

  private func truncation(_ random: inout SeededRandom) -> Damage {
    let good = bundles[0]
    let length = good.count
    let cut = place(in: length, &random)
    var bytes: [UInt8]
    let category: String
    switch Int.random(in: 0..<8, using: &random) {
    case 0, 1, 2:
      category = "cut short"
      bytes = Array(good.prefix(cut))
    case 3:
      category = "cut short, then zeros up to the old length"
      bytes = Array(good.prefix(cut)) + [UInt8](repeating: 0, count: length - cut)
    case 4:
      category = "beginning lost"
      bytes = Array(good.dropFirst(max(cut, 1)))
    case 5:
      category = "middle lost"
      let other = min(cut + Int.random(in: 1...65_536, using: &random), length - 1)
      bytes = Array(good[..<min(cut, other)]) + Array(good[other...])
    case 6:
      category = "a hole of zeros"
      let end = min(cut + Int.random(in: 1...65_536, using: &random), length)
      bytes = good
      for index in cut..<end { bytes[index] = 0 }
    default:
      category = "bytes added at the end"
      bytes =
        good + (0..<Int.random(in: 1...8192, using: &random)).map { _ in UInt8.random(in: 0...255, using: &random) }
    }
    return Damage(category: category, change: .bytes(bytes), footer: 0)
  }

  // A border of a part, a border of a page, or anywhere.
  private func place(in length: Int, _ random: inout SeededRandom) -> Int {
    switch Int.random(in: 0..<3, using: &random) {
    case 0: min(borders.randomElement(using: &random) ?? 0, length - 1)
    case 1: 4096 * Int.random(in: 0..<length / 4096, using: &random)
    default: Int.random(in: 0..<length, using: &random)
    }
  }

  // MARK: Splices

  private func splice(_ random: inout SeededRandom) -> Damage {
    let (good, other) = (bundles[0], bundles[1])
    let shorter = min(good.count, other.count)
    let cut = place(in: shorter, &random)
    switch Int.random(in: 0..<7, using: &random) {
    case 0:
      return Damage(
        category: "begins as one, ends as the other", change: .bytes(Array(good[..<cut]) + Array(other[cut...])),
        footer: 1)
    case 1:
      return Damage(
        category: "begins as one, ends as the other", change: .bytes(Array(other[..<cut]) + Array(good[cut...])),
        footer: 0)
    case 2:
      // What an interrupted update in place leaves.
      var bytes = good
      for _ in 0..<Int.random(in: 1...8, using: &random) {
        let start = 4096 * Int.random(in: 0..<min(maps[0].dataLength, maps[1].dataLength) / 4096, using: &random)
        let end = min(start + 4096 * Int.random(in: 1...16, using: &random), shorter)
        bytes.replaceSubrange(start..<end, with: other[start..<end])
      }
      let footer = bytes.suffix(4096).elementsEqual(other.suffix(4096)) ? 1 : 0
      return Damage(category: "pages of the other at their place", change: .bytes(bytes), footer: footer)
    case 3:
      var bytes = good
      let pages = maps[0].dataLength / 4096
      let (first, second) = (Int.random(in: 0..<pages, using: &random), Int.random(in: 0..<pages, using: &random))
      bytes.replaceSubrange(4096 * first..<4096 * first + 4096, with: good[4096 * second..<4096 * second + 4096])
      bytes.replaceSubrange(4096 * second..<4096 * second + 4096, with: good[4096 * first..<4096 * first + 4096])
      return Damage(category: "two pages in each other's place", change: .bytes(bytes), footer: 0)
    case 4:
      let data = Array(good[..<maps[0].dataLength])
      return Damage(
        category: "data of one, tree and footer of the other",
        change: .bytes(data + Array(other[maps[1].dataLength...])),
        footer: 1)
    case 5:
      return Damage(
        category: "footer of the other",
        change: .bytes(Array(good.dropLast(4096)) + Array(other.suffix(4096))), footer: 1)
    default:
      // A section of one where the other has its own: what is there, as far as both reach.
      var bytes = good
      let segment = maps[0].segments[Int.random(in: 0..<maps[0].segments.count, using: &random)]
      if let twin = maps[1].segments.first(where: { $0.section == segment.section && $0.number == segment.number }) {
        let count = min(segment.payload.count, twin.payload.count) + 48
        bytes.replaceSubrange(segment.start..<segment.start + count, with: other[twin.start..<twin.start + count])
      }
      return Damage(category: "a section of the other", change: .bytes(bytes), footer: 0)
    }
  }
}
