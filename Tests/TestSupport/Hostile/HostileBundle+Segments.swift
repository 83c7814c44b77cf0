import BundleFormat

extension HostileBundle {
  /// For every section that a golden bundle has: lead-ins that contradict the value, the table of sections, or the section that counts its elements.
  static let segments: [HostileBundle] =
    SectionName.allCases.flatMap { name -> [HostileBundle] in
      guard let base = base(with: name) else { return [] }
      let text = name.text.replacing("/", with: "-")
      return [
        HostileBundle("segment/\(text)-empty", base) { $0.state(length: 0, of: name) },
        HostileBundle("segment/\(text)-an-element-short", base) { forgery in
          let size = elementSize(name, forgery)
          forgery.state(length: forgery.place(name).payload.count - size, of: name)
        },
        HostileBundle("segment/\(text)-an-element-more", base) { forgery in
          let size = elementSize(name, forgery)
          forgery.state(length: forgery.place(name).payload.count + size, of: name)
        },
        HostileBundle("segment/\(text)-longer-than-its-value", base) { $0.state(length: 1 << 26, of: name) },
        HostileBundle("segment/\(text)-elements-twice-as-large", base) { forgery in
          forgery.state(elementSize: 2 * elementSize(name, forgery), of: name)
        },
        HostileBundle("segment/\(text)-elements-of-0-bytes", base) { $0.state(elementSize: 0, of: name) },
        HostileBundle("segment/\(text)-elements-of-1-byte", base) { $0.state(elementSize: 1, of: name) },
      ]
    } + [
      HostileBundle("segment/length-greatest") { $0.put(UInt64.max, at: $0.place(.questionText).start) },
      HostileBundle("segment/length-2-to-63") { $0.put(UInt64(1) << 63, at: $0.place(.questionText).start) },
      HostileBundle("segment/length-wraps-round") { $0.put(UInt64.max - 47, at: $0.place(.questionText).start) },
      HostileBundle("segment/length-a-byte-over-the-limit") { $0.state(length: 1 << 26 + 1, of: .questionText) },
      HostileBundle("segment/elements-greatest") { $0.put(UInt32.max, at: $0.place(.questionText).start + 8) },
      HostileBundle("segment/elements-over-the-limit") { $0.state(elementSize: 1 << 26 + 1, of: .questionText) },
      HostileBundle("segment/reserved-bytes-set") { $0.put(UInt64.max, at: $0.place(.questionText).start + 40) },
      HostileBundle("segment/all-lengths-0") { forgery in
        for segment in forgery.map.segments { forgery.put(UInt64(0), at: segment.start) }
      },
      HostileBundle("segment/all-elements-of-1-byte") { forgery in
        for segment in forgery.map.segments { forgery.put(UInt32(1), at: segment.start + 8) }
      },
      HostileBundle("segment/all-payloads-set", .lists) { forgery in
        for segment in forgery.map.segments { for place in segment.payload { forgery.data[place] = 0xFF } }
      },
      HostileBundle("segment/all-payloads-zero", .lists) { forgery in
        for segment in forgery.map.segments { for place in segment.payload { forgery.data[place] = 0 } }
      },
    ]

  private static func elementSize(_ name: SectionName, _ forgery: Forgery) -> Int {
    Int(forgery.get(forgery.place(name).start + 8, as: UInt32.self))
  }
}
