import BundleFormat

extension HostileBundle {
  /// A hash tree whose levels fit each other, and what they stand over not; or the other way round.
  static let hashTrees: [HostileBundle] = [
    HostileBundle("tree/padding-of-a-block-set") {
      $0.changeTree = {
        $0[$0.count - 1] = 1
        _ = $1
      }
    },
    HostileBundle("tree/digest-of-the-first-chunk-zero") { forgery in
      forgery.changeTree = { blocks, level in if level == 1 { zero(&blocks, digest: 0) } }
    },
    HostileBundle("tree/digests-of-all-chunks-zero") { forgery in
      forgery.changeTree = { blocks, level in if level == 1 { blocks = blocks.map { _ in 0 } } }
    },
    HostileBundle("tree/digests-of-answers-zero") { forgery in
      let place = forgery.place(.answerFrames)
      forgery.changeTree = { blocks, level in
        if level == 1 {
          for chunk in place.start / 4096...(place.payload.upperBound - 1) / 4096 { zero(&blocks, digest: chunk) }
        }
      }
    },
    HostileBundle("tree/digests-of-questions-zero") { forgery in
      let place = forgery.place(.questionText)
      forgery.changeTree = { blocks, level in
        if level == 1 {
          for chunk in place.start / 4096...(place.payload.upperBound - 1) / 4096 { zero(&blocks, digest: chunk) }
        }
      }
    },
    HostileBundle("tree/block-of-the-second-level-zero") { forgery in
      forgery.changeTree = { blocks, level in if level == 2 { blocks = blocks.map { _ in 0 } } }
    },
    HostileBundle("tree/digests-without-place") { forgery in
      // Each as if its chunk stood first, so that one chunk could stand for another.
      let data = forgery.data
      forgery.changeTree = { blocks, level in
        guard level == 1 else { return }
        for chunk in 0..<data.count / 4096 {
          let digest = SealedBundle.digest(data[4096 * chunk..<4096 * chunk + 4096], level: 0, index: 0)
          blocks.replaceSubrange(Digest.size * chunk..<Digest.size * (chunk + 1), with: digest)
        }
      }
    },
    HostileBundle("tree/digests-of-blocks-for-chunks") { forgery in
      let data = forgery.data
      forgery.changeTree = { blocks, level in
        guard level == 1 else { return }
        for chunk in 0..<data.count / 4096 {
          let digest = SealedBundle.digest(data[4096 * chunk..<4096 * chunk + 4096], level: 1, index: chunk)
          blocks.replaceSubrange(Digest.size * chunk..<Digest.size * (chunk + 1), with: digest)
        }
      }
    },
    HostileBundle("tree/two-chunks-exchanged-with-their-digests") { forgery in
      let first = forgery.place(.answerFrames).start / 4096
      let second = forgery.place(.questionText).start / 4096
      forgery.changeTree = { blocks, level in
        guard level == 1 else { return }
        for byte in 0..<Digest.size { blocks.swapAt(Digest.size * first + byte, Digest.size * second + byte) }
      }
      forgery.changeFile = { file in for byte in 0..<4096 { file.swapAt(4096 * first + byte, 4096 * second + byte) } }
    },
    HostileBundle("tree/levels-in-the-wrong-order") { forgery in
      let length = forgery.data.count
      forgery.changeFile = { file in
        let tree = Array(file[length..<file.count - 4096])
        file.replaceSubrange(length..<file.count - 4096, with: tree.suffix(4096) + tree.dropLast(4096))
      }
    },
    HostileBundle("tree/one-chunk-of-data") { $0.data = Array($0.data.prefix(4096)) },
    HostileBundle("tree/two-chunks-of-data") { $0.data = Array($0.data.prefix(8192)) },
    HostileBundle("tree/no-bytes-but-zeros") { $0.data = [UInt8](repeating: 0, count: 8192) },
  ]

  private static func zero(_ blocks: inout [UInt8], digest: Int) {
    for place in Digest.size * digest..<Digest.size * (digest + 1) { blocks[place] = 0 }
  }

  /// The file cut at each border of its parts, and a byte before and behind some.
  static let truncations: [HostileBundle] =
    beforeSections + cuts + [
      HostileBundle("truncated/a-page-of-the-middle-lost") { $0.changeFile = { $0.removeSubrange(40_960..<45_056) } },
      HostileBundle("truncated/first-page-lost") { $0.changeFile = { $0.removeFirst(4096) } },
      HostileBundle("truncated/a-byte-added") { $0.changeFile = { $0.append(0) } },
      HostileBundle("truncated/a-page-added-before") {
        $0.changeFile = { $0 = [UInt8](repeating: 0, count: 4096) + $0 }
      },
      HostileBundle("truncated/data-zeros-up-to-the-tree") { forgery in
        let length = forgery.data.count
        forgery.changeFile = { file in for place in length / 2..<length { file[place] = 0 } }
      },
    ]

  private static let beforeSections: [HostileBundle] = SectionName.allCases.compactMap { name in
    guard let base = base(with: name) else { return nil }
    return HostileBundle("truncated/before-\(name.text.replacing("/", with: "-"))", base) { forgery in
      let place = forgery.place(name).start
      forgery.changeFile = { $0 = Array($0.prefix(place)) }
    }
  }

  private static let cuts: [HostileBundle] = [
    cut("to-nothing") { _, _ in 0 }, cut("to-a-byte") { _, _ in 1 }, cut("to-a-page") { _, _ in 4096 },
    cut("to-three-pages-less-a-byte") { _, _ in 12_287 }, cut("to-the-meta-pages") { _, _ in 8192 },
    cut("before-the-tree") { data, _ in data }, cut("a-byte-behind-the-data") { data, _ in data + 1 },
    cut("before-the-footer") { _, file in file - 4096 }, cut("in-the-descriptor") { _, file in file - 4096 + 100 },
    cut("before-the-footer-digest") { _, file in file - 32 }, cut("by-a-byte") { _, file in file - 1 },
  ]

  // Cuts to what is left of a file with so many bytes of data and in all.
  private static func cut(_ name: String, _ length: @escaping @Sendable (Int, Int) -> Int) -> HostileBundle {
    HostileBundle("truncated/\(name)") { forgery in
      let data = forgery.data.count
      forgery.changeFile = { $0 = Array($0.prefix(length(data, $0.count))) }
    }
  }

  // The first base that has the section; `nil` if none has it.
  static func base(with name: SectionName) -> Base? {
    [Base.sixty, .lists, .tiny].first { sections[$0]?.contains(name.text) ?? false }
  }

  private static let sections: [Base: Set<String>] = {
    var sections: [Base: Set<String>] = [:]
    for base in Base.allCases {
      let file = (try? contents(Repository.path("spec/v1/vectors/\(base.rawValue).almanac"))) ?? []
      sections[base] = file.isEmpty ? [] : Set(BundleMap(file).segments.map(\.section))
    }
    return sections
  }()
}
