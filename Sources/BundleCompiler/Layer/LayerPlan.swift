import BundleFormat

/// What makes a bundle a layer: the base it lies over, and which of that one's entries it replaces or withdraws.
struct LayerPlan: Sendable {
  /// The base.
  let base: PreviousBundle
  /// The base's ordinals of the entries that the layer has too, or withdraws; ascending.
  let replaced: [UInt32]

  /// The section `layer/base`.
  var record: LayerRecord {
    LayerRecord(
      root: base.bundle.footer.root, entryCount: UInt32(base.bundle.entryCount),
      questionCount: UInt32(base.bundle.questionCount),
      distractorCount: UInt32(base.bundle.count(.questionDistractors)))
  }

  /// The section `layer/replaced`; empty if nothing is.
  var replacedBytes: [UInt8] {
    replaced.isEmpty ? [] : ReplacedEntries.encode(replaced, entries: base.bundle.entryCount)
  }
}
