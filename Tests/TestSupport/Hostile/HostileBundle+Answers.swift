import BundleFormat

extension HostileBundle {
  /// Answers whose record, frame and dictionary contradict each other.
  static let answers: [HostileBundle] = [
    each("address-greatest", 0, .u64(.max)), each("address-at-the-end", 0, .u64(19_826)),
    each("address-of-segment-1", 0, .u64(1 << 26)),
    each("address-a-byte-on", 0, .u64(1)), each("frame-length-0", 8, .u32(0)), each("frame-length-1", 8, .u32(1)),
    each("frame-length-4", 8, .u32(4)), each("frame-length-5", 8, .u32(5)),
    each("frame-length-of-the-section", 8, .u32(19_826)),
    each("frame-length-greatest", 8, .u32(.max)), each("answer-length-0", 12, .u32(0)),
    each("answer-length-1", 12, .u32(1)),
    each("answer-length-a-mebibyte", 12, .u32(1 << 20)), each("answer-length-over-the-limit", 12, .u32(1 << 20 + 1)),
    each("answer-length-greatest", 12, .u32(.max)),
    HostileBundle("answer/frame-a-byte-short") { change(&$0, 8) { $0 - 1 } },
    HostileBundle("answer/frame-a-byte-long") { change(&$0, 8) { $0 + 1 } },
    HostileBundle("answer/answer-a-byte-short") { change(&$0, 12) { $0 - 1 } },
    HostileBundle("answer/answer-a-byte-long") { change(&$0, 12) { $0 + 1 } },
    HostileBundle("answer/frames-of-the-neighbours") { forgery in
      let records = forgery.place(.entryRecords).payload.lowerBound
      let first = Array(forgery.data[records..<records + 16])
      for entry in 0..<59 {
        let next = Array(forgery.data[records + 64 * (entry + 1)..<records + 64 * (entry + 1) + 16])
        forgery.data.replaceSubrange(records + 64 * entry..<records + 64 * entry + 16, with: next)
      }
      forgery.data.replaceSubrange(records + 64 * 59..<records + 64 * 59 + 16, with: first)
    },
    HostileBundle("answer/frames-zero") { $0.fill(.answerFrames, with: 0) },
    HostileBundle("answer/frames-set") { $0.fill(.answerFrames, with: 0xFF) },
    frame("magic-of-a-skippable-frame", [0x50, 0x2A, 0x4D, 0x18, 8, 0, 0, 0]),
    frame("magic-of-version-0.7", [0x27, 0xB5, 0x2F, 0xFD]),
    frame("magic-of-version-0.1", [0xFD, 0x2F, 0xB5, 0x1E]), frame("without-magic", [0x24]),
    frame("without-checksum", [0x28, 0xB5, 0x2F, 0xFD, 0x20]),
    frame("with-dictionary-id", [0x28, 0xB5, 0x2F, 0xFD, 0x27, 1, 2, 3, 4]),
    frame("with-reserved-bit", [0x28, 0xB5, 0x2F, 0xFD, 0x2C]),
    frame("without-content-size", [0x28, 0xB5, 0x2F, 0xFD, 0x04, 0x58]),
    frame("window-of-terabytes", [0x28, 0xB5, 0x2F, 0xFD, 0x04, 0xFF]),
    frame("content-size-of-8-bytes", [0x28, 0xB5, 0x2F, 0xFD, 0xE4, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF]),
    frame("content-size-error-code", [0x28, 0xB5, 0x2F, 0xFD, 0xE4, 0xFE, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF]),
    // A raw block of one byte where the content size says one, with a checksum that is not its.
    whole(
      "raw-block-with-a-wrong-checksum", [0x28, 0xB5, 0x2F, 0xFD, 0x24, 1, 0x09, 0, 0, 0x41, 0, 0, 0, 0], answer: 1),
    whole(
      "run-of-128-KiB-for-one-byte", [0x28, 0xB5, 0x2F, 0xFD, 0x24, 1, 0x03, 0, 0x10, 0x41, 0, 0, 0, 0], answer: 1),
    whole("reserved-block", [0x28, 0xB5, 0x2F, 0xFD, 0x24, 1, 0x0F, 0, 0, 0x41, 0, 0, 0, 0], answer: 1),
    whole("no-block", [0x28, 0xB5, 0x2F, 0xFD, 0x24, 0, 0, 0, 0, 0], answer: 0),
    whole(
      "two-frames",
      [0x28, 0xB5, 0x2F, 0xFD, 0x24, 0, 1, 0, 0, 0x99, 0xE9, 0xD8, 0x51] + [
        0x28, 0xB5, 0x2F, 0xFD, 0x24, 0, 1, 0, 0, 0x99, 0xE9, 0xD8, 0x51,
      ], answer: 0),
    // Whole and right, and empty: the XXH64 of nothing ends in 0x51D8E999.
    whole("empty-answer", [0x28, 0xB5, 0x2F, 0xFD, 0x24, 0, 1, 0, 0, 0x99, 0xE9, 0xD8, 0x51], answer: 0),
    HostileBundle("answer/checksums-wrong") { forgery in
      for (start, length) in frames(forgery) { forgery.data[start + length - 1] ^= 1 }
    },
    HostileBundle("answer/a-bit-in-each-frame") { forgery in
      for (start, length) in frames(forgery) { forgery.data[start + length / 2] ^= 4 }
    },
    HostileBundle("answer/dictionary-zero") { $0.fill(.metaDictionary, with: 0) },
    HostileBundle("answer/dictionary-a-byte-other") { forgery in
      for place in forgery.place(.metaDictionary).payload.suffix(2000) { forgery.data[place] ^= 1 }
    },
    HostileBundle("answer/dictionary-tables-broken") { $0.put(UInt64.max, in: .metaDictionary, at: 8) },
    HostileBundle("answer/dictionary-of-a-byte") { $0.state(length: 1, of: .metaDictionary) },
    HostileBundle("answer/dictionary-gone") { $0.state(length: 0, of: .metaDictionary) },
  ]

  private static func each(_ name: String, _ offset: Int, _ value: Field) -> HostileBundle {
    HostileBundle("answer/\(name)") { $0.putInEach(value, of: .entryRecords, size: 64, at: offset) }
  }

  private static func change(_ forgery: inout Forgery, _ offset: Int, _ change: (UInt32) -> UInt32) {
    for place in stride(
      from: forgery.place(.entryRecords).payload.lowerBound + offset,
      to: forgery.place(.entryRecords).payload.upperBound, by: 64)
    {
      forgery.put(change(forgery.get(place)), at: place)
    }
  }

  // Where each frame begins in the data, and how long it is.
  private static func frames(_ forgery: Forgery) -> [(start: Int, length: Int)] {
    let frames = forgery.place(.answerFrames).payload.lowerBound
    return stride(
      from: forgery.place(.entryRecords).payload.lowerBound, to: forgery.place(.entryRecords).payload.upperBound, by: 64
    ).map {
      (frames + Int(forgery.get($0, as: UInt64.self)), Int(forgery.get($0 + 8, as: UInt32.self)))
    }
  }

  // Frames that begin with other bytes.
  private static func frame(_ name: String, _ beginning: [UInt8]) -> HostileBundle {
    HostileBundle("answer/\(name)") { forgery in
      for (start, _) in frames(forgery) {
        forgery.data.replaceSubrange(start..<start + beginning.count, with: beginning)
      }
    }
  }

  // Frames that are these bytes, in records that state as much.
  private static func whole(_ name: String, _ bytes: [UInt8], answer: UInt32) -> HostileBundle {
    HostileBundle("answer/\(name)") { forgery in
      for (start, _) in frames(forgery) { forgery.data.replaceSubrange(start..<start + bytes.count, with: bytes) }
      forgery.putInEach(UInt32(bytes.count), of: .entryRecords, size: 64, at: 8)
      forgery.putInEach(answer, of: .entryRecords, size: 64, at: 12)
    }
  }
}
