import BundleFormat

extension HostileBundle {
  /// Meta pages of other formats, other machines and other files.
  static let metaPages: [HostileBundle] =
    both("magic-wrong", 16, .u32(0xBEEF_C0DF)) + both("data-version-0", 20, .u32(0))
    + both("data-version-2", 20, .u32(2)) + both("data-version-999-of-development", 20, .u32(999))
    + [0, 512, 1024, 2048, 8192, 16_384, 32_768, 65_536, 4095, 1 << 31].flatMap {
      both("page-size-\($0)", 40, .u32($0))
    }
    + both("not-flagged-meta", 10, .u16(0)) + both("flagged-leaf", 10, .u16(2))
    + [
      newer("root-greatest-but-one", 128, .max - 1), newer("root-none", 128, .max), newer("root-0", 128, 0),
      newer("root-1", 128, 1), newer("root-2-to-63", 128, 1 << 63), newer("root-2-to-52", 128, 1 << 52),
      newer("root-in-the-tree", 128, 217), newer("transaction-0", 144, 0), newer("last-page-0", 136, 0),
      newer("last-page-greatest", 136, .max), newer("map-size-0", 32, 0), newer("map-size-greatest", 32, .max),
      newer("fixed-address-set", 24, 0x7FFF_0000_0000),
      HostileBundle("meta/older-page-claims-to-be-newer") { forgery in
        let older = 4096 - forgery.newerMeta
        forgery.put(UInt64.max, at: older + 144)
      },
      HostileBundle("meta/older-page-claims-to-be-newer-and-has-no-root") { forgery in
        let older = 4096 - forgery.newerMeta
        forgery.put(UInt64.max, at: older + 144)
        forgery.put(UInt64.max, at: older + 128)
      },
      HostileBundle("meta/older-page-of-zeros") { forgery in
        let older = 4096 - forgery.newerMeta
        for place in older..<older + 4096 { forgery.data[place] = 0 }
      },
      HostileBundle("meta/same-transaction-twice") { forgery in
        forgery.put(forgery.get(forgery.newerMeta + 144, as: UInt64.self), at: 4096 - forgery.newerMeta + 144)
      },
      HostileBundle("meta/pages-exchanged") { forgery in
        for place in 0..<4096 { forgery.data.swapAt(place, 4096 + place) }
      },
      HostileBundle("meta/lmdb-1.0") { lmdbOfVersion3(&$0) },
      HostileBundle("meta/32-bit") { narrow(&$0) },
      HostileBundle("meta/big-endian") { swapBytes(&$0) },
      HostileBundle("meta/big-endian-tree-too") { forgery in
        swapBytes(&forgery)
        for page in forgery.map.treePages {
          let start = 4096 * page.page
          reverse(&forgery.data, start, 8)
          for field in [10, 12, 14] { reverse(&forgery.data, start + field, 2) }
        }
      },
    ]

  // In both meta pages, so that it does not matter which counts; and in the newer one alone.
  private static func both(
    _ name: String, _ offset: Int, _ value: Field
  ) -> [HostileBundle] {
    [
      HostileBundle("meta/\(name)") { forgery in
        forgery.put(value, at: offset)
        forgery.put(value, at: 4096 + offset)
      },
      HostileBundle("meta/\(name)-in-the-newer") { $0.put(value, at: $0.newerMeta + offset) },
      HostileBundle("meta/\(name)-in-the-older") { $0.put(value, at: 4096 - $0.newerMeta + offset) },
    ]
  }

  private static func newer(_ name: String, _ offset: Int, _ value: UInt64) -> HostileBundle {
    HostileBundle("meta/\(name)") { $0.put(value, at: $0.newerMeta + offset) }
  }

  // LMDB 1.0: data version 3 and page headers of 24 bytes.
  private static func lmdbOfVersion3(_ forgery: inout Forgery) {
    for page in [0, 4096] {
      let meta = Array(forgery.data[page + 16..<page + 152])
      for place in page + 16..<page + 24 { forgery.data[place] = 0 }
      forgery.data.replaceSubrange(page + 24..<page + 160, with: meta)
      forgery.put(UInt32(3), at: page + 28)
    }
  }

  // A 32-bit machine's: page numbers and sizes of four bytes, page headers of twelve.
  private static func narrow(_ forgery: inout Forgery) {
    for (number, page) in [0, 4096].enumerated() {
      let root = UInt32(truncatingIfNeeded: forgery.get(page + 128, as: UInt64.self))
      for place in page..<page + 200 { forgery.data[place] = 0 }
      forgery.put(UInt32(number), at: page)
      forgery.put(UInt16(8), at: page + 6)
      forgery.put(UInt32(0xBEEF_C0DE), at: page + 12)
      forgery.put(UInt32(1), at: page + 16)
      forgery.put(UInt32(truncatingIfNeeded: forgery.data.count), at: page + 24)
      forgery.put(UInt32(4096), at: page + 28)
      forgery.put(root, at: page + 28 + 28 + 24)
      forgery.put(UInt32(number + 1), at: page + 28 + 56 + 4)
    }
  }

  private static func swapBytes(_ forgery: inout Forgery) {
    for page in [0, 4096] {
      for (offset, size) in [
        (0, 8), (10, 2), (16, 4), (20, 4), (24, 8), (32, 8), (40, 4), (80, 8), (88, 4), (92, 2), (94, 2), (96, 8),
        (104, 8),
        (112, 8), (120, 8), (128, 8), (136, 8), (144, 8),
      ] { reverse(&forgery.data, page + offset, size) }
    }
  }

  private static func reverse(_ bytes: inout [UInt8], _ place: Int, _ size: Int) {
    bytes.replaceSubrange(place..<place + size, with: bytes[place..<place + size].reversed())
  }
}
