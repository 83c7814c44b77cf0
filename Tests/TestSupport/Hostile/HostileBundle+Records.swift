import BundleFormat

extension HostileBundle {
  /// Records of questions, entries, tables, lists and pieces that point to what is not there, or to each other's things.
  static let records: [HostileBundle] = questions + entries + tables + lists + pieces

  private static func each(
    in base: Base = .sixty, _ name: String, _ section: SectionName, _ size: Int, _ offset: Int, _ value: Field
  ) -> HostileBundle {
    HostileBundle("record/\(name)", base) { $0.putInEach(value, of: section, size: size, at: offset) }
  }

  private static let questions: [HostileBundle] = [
    each("question-address-greatest", .questionRecords, 16, 0, .u64(.max)),
    each("question-address-at-the-end", .questionRecords, 16, 0, .u64(3083)),
    each("question-address-of-segment-1", .questionRecords, 16, 0, .u64(1 << 26)),
    each("question-address-wraps-round", .questionRecords, 16, 0, .u64(1 << 26 - 1)),
    each("question-length-0", .questionRecords, 16, 8, .u32(0)),
    each("question-length-4096", .questionRecords, 16, 8, .u32(4096)),
    each("question-length-of-the-section", .questionRecords, 16, 8, .u32(3083)),
    each("question-length-greatest", .questionRecords, 16, 8, .u32(.max)),
    each("owner-one-too-many", .questionRecords, 16, 12, .u32(60)),
    each("owner-greatest-entry", .questionRecords, 16, 12, .u32(0x7FFF_FFFF)),
    each("owner-distractor-of-none", .questionRecords, 16, 12, .u32(0x8000_0000)),
    each("owner-distractor-greatest", .questionRecords, 16, 12, .u32(.max)),
    each("owner-all-the-same-entry", .questionRecords, 16, 12, .u32(0)),
    each(in: .tiny, "owner-all-the-same-distractor", .questionRecords, 16, 12, .u32(0x8000_0000)),
    each(in: .tiny, "distractor-reason-greatest", .questionDistractors, 8, 0, .u16(.max)),
    each(in: .tiny, "distractor-reason-0", .questionDistractors, 8, 0, .u16(0)),
    each(in: .tiny, "distractor-reason-damaged", .questionDistractors, 8, 0, .u16(14)),
    each(in: .tiny, "distractor-route-beyond-the-routes", .questionDistractors, 8, 2, .u16(2)),
    HostileBundle("record/question-texts-are-not-utf-8") { $0.fill(.questionText, with: 0xFF) },
    HostileBundle("record/question-texts-are-zeros") { $0.fill(.questionText, with: 0) },
    HostileBundle("record/question-texts-end-in-a-scalar") { forgery in
      for place in forgery.place(.questionText).payload where forgery.data[place] == UInt8(ascii: "?") {
        forgery.data[place] = 0xE2
      }
    },
    each("marks-address-greatest", .questionMarkRecords, 8, 0, .u64(.max)),
    each("marks-of-255-bytes", .questionMarkRecords, 8, 0, .u64(255)),
    each("marks-behind-the-end", .questionMarkRecords, 8, 0, .u64(1276 << 8 | 1)),
    each("marks-none", .questionMarkRecords, 8, 0, .u64(0)),
    HostileBundle("record/marks-all-set") { $0.fill(.questionMarks, with: 0xFF) },
    HostileBundle("record/marks-all-zero") { $0.fill(.questionMarks, with: 0) },
    each("piece-run-address-greatest", .questionPieceRuns, 16, 0, .u64(.max)),
    each("piece-run-of-129", .questionPieceRuns, 16, 8, .u32(129)),
    each("piece-run-greatest", .questionPieceRuns, 16, 8, .u32(.max)),
    each("piece-run-of-0", .questionPieceRuns, 16, 8, .u32(0)),
    each("piece-run-of-128", .questionPieceRuns, 16, 8, .u32(128)),
    each("wordings-0", .questionPieceRuns, 16, 12, .u32(0)),
    each("wordings-greatest", .questionPieceRuns, 16, 12, .u32(.max)),
    each("pieces-one-too-many", .questionPieces, 4, 0, .u32(726)),
    each("pieces-greatest", .questionPieces, 4, 0, .u32(.max)),
    each("pieces-all-the-same", .questionPieces, 4, 0, .u32(0)),
  ]

  private static let entries: [HostileBundle] = [
    each("entry-text-address-greatest", .entryRecords, 64, 32, .u64(.max)),
    each("entry-id-length-0", .entryRecords, 64, 40, .u16(0)),
    each("entry-id-length-greatest", .entryRecords, 64, 40, .u16(.max)),
    each("entry-source-length-greatest", .entryRecords, 64, 42, .u16(.max)),
    each("entry-scope-length-greatest", .entryRecords, 64, 44, .u16(.max)),
    each("entry-scope-without-end", .entryRecords, 64, 44, .u16(3)),
    each("entry-usage-length-greatest", .entryRecords, 64, 46, .u16(.max)),
    each("entry-all-lengths-greatest", .entryRecords, 64, 40, .u64(.max)),
    each("entry-route-beyond-the-routes", .entryRecords, 64, 48, .u16(1)),
    each("entry-flags-all", .entryRecords, 64, 52, .u32(.max)),
    each("entry-exact-only", .entryRecords, 64, 52, .u32(1)),
    each("entry-canonical-question-greatest", .entryRecords, 64, 56, .u32(.max)),
    each("entry-merged-into-itself", .entryRecords, 64, 60, .u32(1)),
    each("entry-merged-into-greatest", .entryRecords, 64, 60, .u32(.max)),
    each("entry-valid-from-greatest", .entryRecords, 64, 16, .i64(.max)),
    each("entry-valid-until-least", .entryRecords, 64, 24, .i64(.min)),
    HostileBundle("record/entry-ends-before-it-begins") { forgery in
      forgery.putInEach(Int64(2_000_000_000), of: .entryRecords, size: 64, at: 16)
      forgery.putInEach(Int64(1_000_000_000), of: .entryRecords, size: 64, at: 24)
    },
    HostileBundle("record/entry-texts-are-not-utf-8") { $0.fill(.entryText, with: 0xFF) },
    HostileBundle("record/entry-texts-are-zeros", .tiny) { $0.fill(.entryText, with: 0) },
    each(in: .tiny, "core-run-address-greatest", .entryCoreRuns, 16, 0, .u64(.max)),
    each(in: .tiny, "core-run-greatest", .entryCoreRuns, 16, 8, .u32(.max)),
    each(in: .tiny, "core-more-than-all-wordings", .entryCores, 8, 4, .u32(.max)),
    each(in: .tiny, "core-piece-greatest", .entryCores, 8, 0, .u32(.max)),
  ]

  private static let tables: [HostileBundle] = [SectionName.exactTable, .idTable, .encoderPieces, .wordTable].flatMap {
    table in
    let name = table.text.replacing("/", with: "-")
    return [
      HostileBundle("table/\(name)-full") { $0.fill(table, with: 0) },
      HostileBundle("table/\(name)-empty") { $0.fill(table, with: 0xFF) },
      each2("table/\(name)-all-ordinals-0", table, 4, 0),
      each2("table/\(name)-all-ordinals-beyond", table, 4, 0x7FFF_FFFF),
      each2("table/\(name)-all-tags-0", table, 0, 0),
      HostileBundle("table/\(name)-three-slots") { $0.state(length: 24, of: table) },
      HostileBundle("table/\(name)-one-slot") { $0.state(length: 8, of: table) },
      HostileBundle("table/\(name)-half-of-it") { $0.state(length: $0.place(table).payload.count / 2, of: table) },
    ]
  }

  private static func each2(_ name: String, _ table: SectionName, _ offset: Int, _ value: UInt32) -> HostileBundle {
    HostileBundle(name) { $0.putInEach(value, of: table, size: 8, at: offset) }
  }

  private static let lists: [HostileBundle] = [
    each(in: .lists, "list-first-row-beyond", .indexLists, 16, 0, .u32(2100)),
    each(in: .lists, "list-first-row-greatest", .indexLists, 16, 0, .u32(.max)),
    each(in: .lists, "list-places-0", .indexLists, 16, 4, .u32(0)),
    each(in: .lists, "list-places-of-the-index", .indexLists, 16, 4, .u32(2100)),
    each(in: .lists, "list-places-greatest", .indexLists, 16, 4, .u32(.max)),
    each(in: .lists, "list-first-block-beyond", .indexLists, 16, 8, .u32(207)),
    each(in: .lists, "list-first-block-greatest", .indexLists, 16, 8, .u32(.max)),
    each(in: .lists, "list-first-block-0", .indexLists, 16, 8, .u32(0)),
    HostileBundle("record/list-blocks-end-behind-the-codes", .lists) {
      $0.putInEach(UInt32(206), of: .indexLists, size: 16, at: 8)
    },
    HostileBundle("record/rows-in-codes-beyond", .lists) { forgery in
      for block in stride(
        from: forgery.place(.indexCodes).payload.lowerBound, to: forgery.place(.indexCodes).payload.upperBound, by: 160)
      {
        for place in 0..<32 { forgery.put(UInt32(2100), at: block + 32 + 4 * place) }
      }
    },
    HostileBundle("record/rows-in-codes-all-the-same", .lists) { forgery in
      for block in stride(
        from: forgery.place(.indexCodes).payload.lowerBound, to: forgery.place(.indexCodes).payload.upperBound, by: 160)
      {
        for place in 0..<32 { forgery.put(UInt32(7), at: block + 32 + 4 * place) }
      }
    },
    each(in: .lists, "row-of-a-question-beyond", .indexQuestions, 4, 0, .u32(2100)),
    each(in: .lists, "row-of-a-question-greatest", .indexQuestions, 4, 0, .u32(.max)),
    each(in: .lists, "rows-all-of-one-question", .indexQuestions, 4, 0, .u32(0)),
    HostileBundle("record/vectors-zero", .lists) { $0.fill(.indexVectors, with: 0) },
    HostileBundle("record/vectors-least", .lists) { $0.fill(.indexVectors, with: 0x80) },
    HostileBundle("record/centroids-least", .lists) { $0.fill(.indexCentroids, with: 0x80) },
    HostileBundle("record/rotation-least", .lists) { $0.fill(.indexRotation, with: 0x80) },
    HostileBundle("record/codebooks-least", .lists) { $0.fill(.indexCodebooks, with: 0x80) },
    HostileBundle("record/codes-all-set", .lists) { $0.fill(.indexCodes, with: 0xFF) },
    HostileBundle("record/everything-of-the-index-least", .lists) { forgery in
      for name in [SectionName.indexVectors, .indexCentroids, .indexRotation, .indexCodebooks, .encoderRows] {
        forgery.fill(name, with: 0x80)
      }
    },
  ]

  private static let pieces: [HostileBundle] = [
    each("piece-text-beyond", .encoderPieceRecords, 8, 0, .u32(3651)),
    each("piece-text-greatest", .encoderPieceRecords, 8, 0, .u32(.max)),
    each("piece-scale-0", .encoderPieceRecords, 8, 4, .u16(0)),
    each("piece-scale-greatest", .encoderPieceRecords, 8, 4, .u16(.max)),
    each("piece-length-0", .encoderPieceRecords, 8, 6, .u8(0)),
    each("piece-length-25", .encoderPieceRecords, 8, 6, .u8(25)),
    each("piece-length-255", .encoderPieceRecords, 8, 6, .u8(255)),
    each("piece-start-2", .encoderPieceRecords, 8, 7, .u8(2)),
    HostileBundle("record/piece-texts-are-not-utf-8") { $0.fill(.encoderPieceText, with: 0xFF) },
    HostileBundle("record/piece-rows-least-and-scales-greatest") { forgery in
      forgery.fill(.encoderRows, with: 0x80)
      forgery.putInEach(UInt16.max, of: .encoderPieceRecords, size: 8, at: 4)
    },
    HostileBundle("record/piece-rows-zero") { $0.fill(.encoderRows, with: 0) },
    HostileBundle("record/piece-weights-greatest") { $0.fill(.encoderPieceWeights, with: 0xFF) },
    HostileBundle("record/piece-weights-zero") { $0.fill(.encoderPieceWeights, with: 0) },
  ]
}
