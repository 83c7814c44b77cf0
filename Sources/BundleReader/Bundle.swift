import BundleFormat
import CKernels

/// An open bundle: immutable, safe to share between threads and with processes forked later.
///
/// Opening checks the footer, walks the directory and reads what every query needs; its cost does not grow with the number
/// of questions. Everything else is checked against the hash tree when it is first touched, and bounds-checked at
/// every use.
public final class Bundle: @unchecked Sendable {
  /// The footer: version, expiry, root.
  public let footer: Footer
  /// The shape of the encoder.
  public let encoder: EncoderParameters
  /// The shape of the index.
  public let index: IndexParameters
  /// The operating points.
  public let decision: DecisionParameters

  let kernels: UnsafePointer<almanac_kernels>
  let verity: VerityTree
  let acceptance: [AcceptancePoint]
  let routes: [[UInt8]]
  let dictionary: [UInt8]
  let letters: [UInt8]
  /// The rules for texts; `nil` if the bundle has none.
  public let rules: RuleTable?
  private let rulesMemory: FixedBuffer<UInt8>
  /// The words that make marks; `nil` if the bundle has none, so that nothing is vetoed.
  let lexicon: MarkLexicon?
  /// The trees that score queries with a text; `nil` if similarity and margin do.
  public let judge: JudgeModel?
  /// Whether the bundle has the pieces of its questions, so that evidence can be gathered.
  public let hasEvidence: Bool
  /// The bundle underneath, if this is a layer that was opened over one.
  let base: LayerBase?
  /// Whether this is a layer without its base, which can be looked at and answers nothing.
  public let isIncomplete: Bool
  /// The first second since 1970 at which this bundle, or the one under it, is no longer valid.
  public let expiry: Int64
  let promptMemory: FixedBuffer<UInt8>
  let memory: FileMemory
  let data: Bytes
  let sections: SectionDirectory

  /// The most points of `decision/acceptance` that are read.
  static let maximumAcceptancePoints = 4096
  /// The most bytes of a compression dictionary.
  private static let maximumDictionary = 1 << 20

  /// The most bytes of `words/letters`.
  private static let maximumLetters = 4096

  /// Opens the bundle at `path`.
  ///
  /// - Parameters:
  ///   - path: The file's path as a C string.
  ///   - under: The bundle that the file lies over as a layer; `nil` for one that answers alone.
  ///   - isInspected: Whether a layer may be opened without its base, to be looked at; it then answers nothing.
  ///   - mode: See `OpenMode`.
  ///   - level: The instruction set of the kernels; all give the same results.
  ///   - requirements: What the bundle must show first.
  /// - Throws: Why the file is refused. Nothing stays open then.
  public init(
    path: UnsafePointer<CChar>, over under: Bundle? = nil, isInspected: Bool = false, mode: OpenMode = .lazy,
    level: almanac_kernel_level = ALMANAC_KERNELS_AUTO, requirements: OpenRequirements = OpenRequirements()
  ) throws(BundleError) {
    let memory = unsafe try FileMemory(path: path, mode: mode)
    let bytes = memory.bytes
    let footer = try Self.footer(of: bytes)
    try requirements.check(footer)
    let dataLength = Int(footer.dataLength)
    guard let data = bytes.slice(0, dataLength),
      let tree = bytes.slice(dataLength, bytes.count - dataLength - Footer.size)
    else { throw .footerDamaged }
    let verity = try VerityTree(data: data, tree: tree, root: footer.root)
    if mode == .all || mode == .copy {
      var first: UInt64?
      if verity.checkAll(report: { first = first ?? $0 }) > 0 { throw .damagedChunk(index: first ?? 0) }
    }
    self.memory = memory
    self.footer = footer
    self.data = data
    self.verity = verity
    unsafe kernels = almanac_kernels_choose(level) ?? almanac_kernels_choose(ALMANAC_KERNELS_PORTABLE)!
    sections = try SectionDirectory(data: data, verity: verity)
    var ahead = ReadAhead(verity)
    for name in Self.openedSections { Self.expect(name, sections, &ahead) }

    let layer = LayerRecord(try Self.whole(.layerBase, sections, data, verity))
    guard layer != nil || sections.section(.layerBase).count == 0 else { throw .malformedSection(.layerBase) }
    try Self.checkBase(layer, under, isInspected: isInspected)
    guard let encoder = EncoderParameters(try Self.whole(.encoderParameters, sections, data, verity)) else {
      throw .malformedSection(.encoderParameters)
    }
    guard let index = IndexParameters(try Self.whole(.indexParameters, sections, data, verity)),
      index.dimensions == encoder.dimensions
    else { throw .malformedSection(.indexParameters) }
    guard var decision = DecisionParameters(try Self.whole(.decisionParameters, sections, data, verity)) else {
      throw .malformedSection(.decisionParameters)
    }
    guard under == nil || under?.encoder == encoder else { throw .malformedSection(.encoderParameters) }
    let rules = try Self.whole(.decisionRules, sections, data, verity)
    // What rules of a later version would keep back cannot be known, so only exact matches are answered.
    if RuleTable.isUnknown(rules) { decision.answerExactOnly() }
    // Nor what marks of a later version would contradict.
    let lexicon = try Self.whole(.decisionMarksLexicon, sections, data, verity)
    if MarkLexicon.isUnknown(lexicon) { decision.answerExactOnly() }
    guard rules.count <= RuleTable.maximumSize else { throw .malformedSection(.decisionRules) }
    rulesMemory = rules.fixedCopy
    self.rules = try Self.readRules(rulesMemory)
    self.encoder = encoder
    self.index = index
    self.decision = decision
    try Self.checkShapes(sections, encoder, index, layer)
    acceptance = try Self.readAcceptance(sections, data, verity)
    routes = try Self.readRoutes(decision, sections, data, verity)
    if lexicon.count == 0 || MarkLexicon.isUnknown(lexicon) {
      self.lexicon = nil
    } else {
      guard let opened = MarkLexicon(lexicon) else { throw .malformedSection(.decisionMarksLexicon) }
      self.lexicon = opened
    }
    let dictionary = try Self.whole(.metaDictionary, sections, data, verity)
    guard dictionary.count <= Self.maximumDictionary else { throw .malformedSection(.metaDictionary) }
    self.dictionary = under?.dictionary ?? dictionary.copied
    let prompts = try Self.whole(.questionPrompts, sections, data, verity)
    guard Self.arePrompts(prompts) else { throw .malformedSection(.questionPrompts) }
    promptMemory = prompts.fixedCopy
    let letters = try Self.whole(.wordLetters, sections, data, verity)
    guard letters.count <= Self.maximumLetters else { throw .malformedSection(.wordLetters) }
    self.letters = letters.copied
    let trees = try Self.whole(.decisionJudge, sections, data, verity)
    judge = JudgeModel(trees)
    guard judge != nil || trees.count == 0 else { throw .malformedSection(.decisionJudge) }
    isIncomplete = layer != nil && under == nil
    expiry = min(footer.expiry, under?.expiry ?? Int64.max)
    let entries = sections.section(.entryRecords).count
    let questions = sections.section(.questionRecords).count
    let distractors = sections.section(.questionDistractors).count
    base = under.map { LayerBase($0, entries: entries, questions: questions, distractors: distractors) }
    let hasPieces = sections.section(.questionPieceRuns).count > 0
    let hasQuestions = questions > 0
    hasEvidence = (hasPieces || (layer != nil && !hasQuestions)) && under?.hasEvidence ?? true
    guard hasEvidence || !decision.isJudged, judge != nil || !decision.isJudged else {
      throw .missingSection(hasEvidence ? .decisionJudge : .questionPieceRuns)
    }
    if mode == .hot {
      try checkHotSections()
    }
  }

  /// The names of the routes, in the order of their indices.
  public var routeNames: [String] { routes.map { String(decoding: $0, as: UTF8.self) } }

  /// The dictionary that answers were compressed with; empty if there is none.
  public var compressionDictionary: [UInt8] { dictionary }

  /// Gives the file's memory back to the system, though sessions on this bundle may still exist. The caller makes sure that
  /// none of them is ever asked again.
  public func unmap() {
    memory.release()
    base?.bundle.unmap()
  }

  /// Opens the bundle at a path given as a Swift string; see `init(path:over:isInspected:mode:level:requirements:)`.
  public static func open(
    _ path: String, over under: Bundle? = nil, isInspected: Bool = false, mode: OpenMode = .lazy,
    level: almanac_kernel_level = ALMANAC_KERNELS_AUTO, requirements: OpenRequirements = OpenRequirements()
  ) throws(BundleError) -> Bundle {
    var terminated = Array(path.utf8)
    terminated.append(0)
    return try terminated.withBytes { bytes throws(BundleError) in
      unsafe try Bundle(
        path: bytes.unsafeStart.assumingMemoryBound(to: CChar.self), over: under, isInspected: isInspected, mode: mode,
        level: level, requirements: requirements)
    }
  }

  /// The number of ordinals of entries, holes included; of a pair those of both.
  public var entryCount: Int { sections.section(.entryRecords).count + (base?.bundle.entryCount ?? 0) }
  /// The number of ordinals of stored questions, distractors and holes included; of a pair those of both.
  public var questionCount: Int { sections.section(.questionRecords).count + (base?.bundle.questionCount ?? 0) }
  /// The root of the bundle that this one lies over; `nil` if it is no layer.
  public var baseRoot: Digest? {
    guard let place = sections.place(sections.section(.layerBase), segment: 0) else { return nil }
    return data.slice(place.offset, place.length).flatMap { LayerRecord($0)?.root }
  }
}
