import BundleFormat

extension HostileBundle {
  /// The parameter sections against their ranges, against each other, and against the sections that they count.
  static let parameters: [HostileBundle] = encoder + index + decision

  private static let encoder: [HostileBundle] = [
    field("kind-0", .encoderParameters, 0, 0), field("kind-2", .encoderParameters, 0, 2),
    field("dimensions-0", .encoderParameters, 4, 0), field("dimensions-7", .encoderParameters, 4, 7),
    field("dimensions-383", .encoderParameters, 4, 383),
    field("dimensions-320", .encoderParameters, 4, 320), field("dimensions-4097", .encoderParameters, 4, 4097),
    field("dimensions-greatest", .encoderParameters, 4, .max), field("pieces-0", .encoderParameters, 8, 0),
    field("pieces-one-less", .encoderParameters, 8, 725), field("pieces-one-more", .encoderParameters, 8, 727),
    field("pieces-2-to-24", .encoderParameters, 8, 1 << 24),
    field("pieces-greatest", .encoderParameters, 8, .max), field("model-length-0", .encoderParameters, 12, 0),
    field("model-length-one-more", .encoderParameters, 12, 39), field("model-length-256", .encoderParameters, 12, 256),
    field("model-length-greatest", .encoderParameters, 12, .max),
    field("reserved-bytes-set", .encoderParameters, 16, .max),
    HostileBundle("parameters/encoder-model-is-not-utf-8") { $0.put(UInt32.max, in: .encoderParameters, at: 64) },
    HostileBundle("parameters/encoder-and-index-of-other-dimensions") { forgery in
      forgery.put(UInt32(377), in: .encoderParameters, at: 4)
      forgery.put(UInt32(378), in: .indexParameters, at: 4)
    },
    HostileBundle("parameters/fewer-dimensions-than-components") { forgery in
      // The stride stays, so that rows have components beyond their dimensions.
      forgery.put(UInt32(330), in: .encoderParameters, at: 4)
      forgery.put(UInt32(330), in: .indexParameters, at: 0)
    },
  ]

  private static let index: [HostileBundle] = [
    field("dimensions-0", .indexParameters, 0, 0), field("dimensions-15", .indexParameters, 0, 15),
    field("rows-0", .indexParameters, 4, 0), field("rows-one-less", .indexParameters, 4, 2099),
    field("rows-one-more", .indexParameters, 4, 2101), field("rows-2-to-31", .indexParameters, 4, 1 << 31),
    field("rows-greatest", .indexParameters, 4, .max), field("lists-0", .indexParameters, 8, 0),
    field("lists-one-less", .indexParameters, 8, 174), field("lists-one-more", .indexParameters, 8, 176),
    field("lists-65537", .indexParameters, 8, 65_537), field("sub-quantisers-0", .indexParameters, 12, 0),
    field("sub-quantisers-1", .indexParameters, 12, 1), field("sub-quantisers-4", .indexParameters, 12, 4),
    field("sub-quantisers-18", .indexParameters, 12, 18),
    field("sub-quantisers-258", .indexParameters, 12, 258),
    field("sub-quantisers-greatest", .indexParameters, 12, .max), field("probes-0", .indexParameters, 16, 0),
    field("probes-more-than-lists", .indexParameters, 16, 176), field("probes-greatest", .indexParameters, 16, .max),
    field("re-rank-0", .indexParameters, 20, 0), field("re-rank-1", .indexParameters, 20, 1),
    field("re-rank-1024", .indexParameters, 20, 1024), field("re-rank-1025", .indexParameters, 20, 1025),
    field("rotation-shift-24", .indexParameters, 24, 24), field("rotation-shift-25", .indexParameters, 24, 25),
    field("rotation-shift-greatest", .indexParameters, 24, .max), field("code-shift-16", .indexParameters, 28, 16),
    field("code-shift-17", .indexParameters, 28, 17),
    field("code-shift-greatest", .indexParameters, 28, .max), field("reserved-bytes-set", .indexParameters, 32, .max),
    field("more-reserved-bytes-set", .indexParameters, 36, .max),
    field("first-probes-0", .indexParameters, 40, 0), field("first-probes-1", .indexParameters, 40, 1),
    field("first-probes-more-than-lists", .indexParameters, 40, 176),
    field("first-probes-greatest", .indexParameters, 40, .max),
    field("probe-margin-0", .indexParameters, 44, 0),
    field("probe-margin-over-the-limit", .indexParameters, 44, 1 << 24 + 1),
    field("probe-margin-greatest", .indexParameters, 44, .max),
    field("least-re-rank-0", .indexParameters, 48, 0), field("least-re-rank-1025", .indexParameters, 48, 1025),
    field("least-re-rank-greatest", .indexParameters, 48, .max),
    field("re-rank-margin-0", .indexParameters, 52, 0),
    field("re-rank-margin-over-the-limit", .indexParameters, 52, 1 << 24 + 1),
    field("re-rank-margin-greatest", .indexParameters, 52, .max),
    field("enough-places-1", .indexParameters, 56, 1), field("enough-places-greatest", .indexParameters, 56, .max),
    HostileBundle("parameters/index-all-lists-probed", .lists) { $0.put(UInt32(175), in: .indexParameters, at: 16) },
  ]

  private static let decision: [HostileBundle] = [
    field("kind-0", .decisionParameters, 0, 0), field("kind-1", .decisionParameters, 0, 1),
    field("kind-3", .decisionParameters, 0, 3), field("kind-greatest", .decisionParameters, 0, .max),
    field("level-3", .decisionParameters, 4, 3),
    field("similarity-weight-negative", .decisionParameters, 12, .max),
    field("similarity-weight-over-the-limit", .decisionParameters, 8, 1 << 24 + 1),
    field("margin-weight-negative", .decisionParameters, 20, .max),
    field("margin-weight-over-the-limit", .decisionParameters, 16, 1 << 24 + 1),
    field("clear-margin-negative", .decisionParameters, 44, .max),
    field("clear-margin-over-the-limit", .decisionParameters, 40, 131_073),
    field("suggestion-floor-least", .decisionParameters, 52, 1 << 31),
    field("suggestion-floor-greatest", .decisionParameters, 52, 1 << 31 - 1),
    field("text-threshold-least", .decisionParameters, 28, 1 << 31),
    field("text-threshold-greatest", .decisionParameters, 28, 1 << 31 - 1),
    field("maximum-wrong-over-the-limit", .decisionParameters, 56, 1_000_001),
    field("maximum-wrong-greatest", .decisionParameters, 56, .max), field("out-of-scope-0", .decisionParameters, 60, 0),
    field("out-of-scope-over-the-limit", .decisionParameters, 60, 1_000_001),
    field("default-route-beyond-the-routes", .decisionParameters, 64, 1 << 16 | 1),
    field("routes-0", .decisionParameters, 64, 0), field("routes-2", .decisionParameters, 64, 2 << 16),
    field("routes-65535", .decisionParameters, 64, .max), field("levels-of-modes-255", .decisionParameters, 68, .max),
    HostileBundle("parameters/decision-all-weights-greatest-and-thresholds-least") { forgery in
      for offset in [8, 16] { forgery.put(Int64(1 << 24), in: .decisionParameters, at: offset) }
      for offset in [24, 32, 72] { forgery.put(Int64.min, in: .decisionParameters, at: offset) }
      forgery.put(Int64.min, in: .decisionParameters, at: 48)
    },
    HostileBundle("parameters/decision-floor-greatest-and-thresholds-least") { forgery in
      for offset in [24, 32, 72] { forgery.put(Int64.min, in: .decisionParameters, at: offset) }
      forgery.put(Int64.max, in: .decisionParameters, at: 48)
    },
  ]

  private static func field(_ name: String, _ section: SectionName, _ offset: Int, _ value: UInt32) -> HostileBundle {
    let database = "\(section.database)"
    return HostileBundle("parameters/\(database)-\(name)", section == .indexParameters ? .lists : .sixty) {
      $0.put(value, in: section, at: offset)
    }
  }
}
