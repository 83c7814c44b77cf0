import BundleFormat

extension HostileBundle {
  /// A footer, with a digest that fits, against itself and against the file.
  static let footers: [HostileBundle] =
    plainFooters + lengths + [
      HostileBundle("footer/digest-wrong") { $0.changeFile = { $0[$0.count - 1] ^= 1 } },
      HostileBundle("footer/contents-changed-after-digest") { $0.changeFile = { $0[$0.count - 4096 + 64] ^= 1 } },
      HostileBundle("footer/signature-changed-after-digest") { $0.changeFile = { $0[$0.count - 4096 + 300] ^= 1 } },
      HostileBundle("footer/text-conversion-of-line-ends") { $0.changeFile = { $0.removeAll { $0 == 0x0D } } },
      HostileBundle("footer/at-the-beginning-too") { $0.changeFile = { $0 = Array($0.suffix(4096)) + $0 } },
      HostileBundle("footer/twice") { $0.changeFile = { $0 += Array($0.suffix(4096)) } },
      HostileBundle("footer/alone") { $0.changeFile = { $0 = Array($0.suffix(4096)) } },
    ]

  private static let plainFooters: [HostileBundle] = [
    edit("magic-of-version-2", 0, .u64(0x0A0D_434E_4D4C_4189 ^ 0x0001_0000)), edit("magic-zero", 0, .u64(0)),
    edit("magic-png", 0, .u64(0x0A1A_0A0D_474E_5089)), edit("major-0", 8, .u16(0)), edit("major-2", 8, .u16(2)),
    edit("major-65535", 8, .u16(.max)), edit("major-big-endian", 8, .u16(0x0100)), edit("minor-1", 10, .u16(1)),
    edit("minor-65535", 10, .u16(.max)), edit("hash-0", 12, .u16(0)), edit("hash-2", 12, .u16(2)),
    edit("chunk-shift-0", 14, .u8(0)), edit("chunk-shift-11", 14, .u8(11)), edit("chunk-shift-13", 14, .u8(13)),
    edit("chunk-shift-64", 14, .u8(64)), edit("levels-0", 15, .u8(0)), edit("levels-1", 15, .u8(1)),
    edit("levels-3", 15, .u8(3)), edit("levels-6", 15, .u8(6)), edit("levels-255", 15, .u8(255)),
    edit("root-zero", 32, .u64(0)), edit("bundle-version-0", 64, .u64(0)),
    edit("bundle-version-greatest", 64, .u64(.max)), edit("expiry-0", 72, .i64(0)),
    edit("expiry-least", 72, .i64(.min)), edit("reserved-bytes-set", 80, .u64(.max)),
    edit("last-reserved-byte-set", 255, .u8(.max)), edit("signature-length-3800", 256, .u32(3800)),
    edit("signature-length-3801", 256, .u32(3801)), edit("signature-length-4064", 256, .u32(4064)),
    edit("signature-length-greatest", 256, .u32(.max)), edit("padding-set", 4056, .u64(.max)),
  ]

  private static let lengths: [HostileBundle] = [
    length("data-length-0", 16) { _ in 0 }, length("data-length-1", 16) { _ in 1 },
    length("data-length-4095-more", 16) { $0 + 4095 }, length("data-length-a-chunk-more", 16) { $0 + 4096 },
    length("data-length-a-chunk-less", 16) { $0 - 4096 }, length("data-length-2-to-63", 16) { _ in 1 << 63 },
    length("data-length-greatest", 16) { _ in .max }, length("data-length-greatest-chunk", 16) { _ in .max - 4095 },
    length("data-length-a-chunk-beyond-the-tree", 16) { _ in 1 << 47 + 4096 },
    length("data-length-greatest-of-the-tree", 16) { _ in 1 << 47 }, length("data-length-wraps-round", 16) { 0 &- $0 },
    length("tree-length-0", 24) { _ in 0 }, length("tree-length-a-block-more", 24) { $0 + 4096 },
    length("tree-length-a-block-less", 24) { $0 - 4096 }, length("tree-length-a-byte-more", 24) { $0 + 1 },
    length("tree-length-greatest", 24) { _ in .max }, length("tree-length-wraps-round", 24) { 0 &- $0 },
    // The sum is right, the parts are not.
    moved("border-of-data-and-tree-moved-back", by: 4096), moved("border-of-data-and-tree-moved-forward", by: -4096),
  ]

  private static func edit(
    _ name: String, _ offset: Int, _ value: Field
  ) -> HostileBundle {
    HostileBundle("footer/\(name)") { $0.changeFooter = { value.write(to: &$0, at: offset) } }
  }

  private static func length(_ name: String, _ offset: Int, _ change: @escaping @Sendable (UInt64) -> UInt64)
    -> HostileBundle
  {
    HostileBundle("footer/\(name)") {
      $0.changeFooter = { Field.u64(change(number($0, offset))).write(to: &$0, at: offset) }
    }
  }

  private static func moved(_ name: String, by difference: Int) -> HostileBundle {
    HostileBundle("footer/\(name)") { forgery in
      forgery.changeFooter = { footer in
        let (data, tree) = (Int(number(footer, 16)), Int(number(footer, 24)))
        Field.u64(UInt64(data + difference)).write(to: &footer, at: 16)
        Field.u64(UInt64(tree - difference)).write(to: &footer, at: 24)
      }
    }
  }

  private static func number(_ bytes: [UInt8], _ offset: Int) -> UInt64 {
    var value: UInt64 = 0
    for index in (0..<8).reversed() { value = value << 8 | UInt64(bytes[offset + index]) }
    return value
  }
}
