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
  private let promptMemory: FixedBuffer<UInt8>
  private let memory: FileMemory
  private let data: Bytes
  private let sections: SectionDirectory

  /// The most points of `decision/acceptance` that are read.
  private static let maximumAcceptancePoints = 4096
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
    for name in Self.openedSections { Self.expect(name, sections, verity) }

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

  /// The footer of a file with these bytes.
  ///
  /// - Throws: What is wrong with it.
  static func footer(of bytes: Bytes) throws(BundleError) -> Footer {
    guard bytes.count >= Footer.size + 2 * VerityGeometry.chunkSize,
      let last = bytes.slice(bytes.count - Footer.size, Footer.size)
    else { throw .tooShort(bytes: UInt64(bytes.count)) }
    // From a copy: all fields are then of one moment, whatever somebody does to a mapped file.
    return try last.copied.withBytes { last throws(BundleError) in
      try Footer(last, fileLength: UInt64(bytes.count))
    }
  }

  // What every search reads from end to end, beyond what was read above. Of a bundle with one list that is all its vectors, of
  // one with many their centroids, however they are chosen.
  private func checkHotSections() throws(BundleError) {
    var hot: [SectionName] = [.indexLists, .indexCodebooks, .indexRotation, .indexCoarse, .indexCentroids]
    if index.listCount == 1 { hot += [.indexQuestions, .indexVectors] }
    for name in hot { Self.expect(name, sections, verity) }
    for name in hot { try check(name) }
  }

  // Sections that are read below.
  private static var openedSections: [SectionName] {
    [
      .encoderParameters, .indexParameters, .decisionParameters, .decisionRules, .decisionMarksLexicon,
      .decisionAcceptance, .decisionRoutes, .metaDictionary, .wordLetters, .decisionJudge, .layerBase, .questionPrompts,
    ]
  }

  private static func expect(_ name: SectionName, _ sections: borrowing SectionDirectory, _ verity: VerityTree) {
    let section = sections.section(name)
    for number in 0..<section.segmentCount {
      guard let place = sections.place(section, segment: number) else { return }
      verity.expect(offset: place.offset, length: place.length)
    }
  }

  private func check(_ name: SectionName) throws(BundleError) {
    let section = sections.section(name)
    for number in 0..<section.segmentCount {
      guard let place = sections.place(section, segment: number) else { throw .malformedSection(name) }
      try verity.check(offset: place.offset, length: place.length)
    }
  }

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

  /// Checks every chunk of the file and calls `report` with the index of each bad one. Returns how many there are.
  public func verify(report: (UInt64) -> Void) -> UInt64 { verity.checkAll(report: report) }

  /// The number of chunks, blocks of the hash tree included, that were found damaged so far; of a pair in both files. O(chunks).
  public var damagedChunkCount: Int { verity.damagedCount + (base?.bundle.damagedChunkCount ?? 0) }

  // MARK: Access to sections

  /// The number of elements of a section.
  public func count(_ name: SectionName) -> Int { sections.section(name).count }

  /// The bytes of a section's payloads and the number of its segments.
  public func size(_ name: SectionName) -> (bytes: Int, segments: Int) {
    let section = sections.section(name)
    return (section.count * section.elementSize, section.segmentCount)
  }

  /// The element of an array section at `index`, checked against the hash tree.
  ///
  /// - Throws: `malformedSection` if there is no such element, `damagedChunk`.
  @inline(__always)
  func element(_ name: SectionName, _ index: Int) throws(BundleError) -> Bytes {
    let section = sections.section(name)
    guard section.segmentCount == 1, index >= 0, index < section.count else {
      return try elementOfSegment(section, name, index)
    }
    let offset = section.start + index * section.elementSize
    try verity.check(offset: offset, length: section.elementSize)
    guard let bytes = data.slice(offset, section.elementSize) else { throw .malformedSection(name) }
    return bytes
  }

  @inline(never)
  private func elementOfSegment(
    _ section: Section, _ name: SectionName, _ index: Int
  ) throws(BundleError) -> Bytes {
    guard index >= 0, index < section.count, let place = sections.place(section, segment: index >> section.shift) else {
      throw .malformedSection(name)
    }
    let offset = place.offset + (index & (1 << section.shift - 1)) * section.elementSize
    try verity.check(offset: offset, length: section.elementSize)
    guard let bytes = data.slice(offset, section.elementSize) else { throw .malformedSection(name) }
    return bytes
  }

  /// As many of `count` elements from `first` as lie together in one segment, at least one, checked.
  ///
  /// - Throws: `malformedSection` if `first + count` is beyond the section, `damagedChunk`.
  func run(_ name: SectionName, first: Int, count: Int) throws(BundleError) -> (bytes: Bytes, count: Int) {
    let section = sections.section(name)
    guard first >= 0, count > 0, count <= section.count, first <= section.count - count,
      let place = sections.place(section, segment: first >> section.shift)
    else { throw .malformedSection(name) }
    let within = first & (1 << section.shift - 1)
    let together = min(count, 1 << section.shift - within)
    let offset = place.offset + within * section.elementSize
    try verity.check(offset: offset, length: together * section.elementSize)
    guard let bytes = data.slice(offset, together * section.elementSize) else { throw .malformedSection(name) }
    return (bytes, together)
  }

  /// The bytes of a blob section at `address`, checked against the hash tree.
  ///
  /// - Throws: `malformedSection` if they do not lie in one segment, `damagedChunk`.
  func blob(_ name: SectionName, address: UInt64, length: Int) throws(BundleError) -> Bytes {
    let section = sections.section(name)
    if length == 0, let nothing = data.slice(0, 0) { return nothing }
    let within = Int(address & UInt64(Segment.maximumPayload - 1))
    guard section.elementSize == Segment.blobElement,
      address >> UInt64(Segment.blobShift) < UInt64(section.segmentCount),
      let place = sections.place(section, segment: Int(address >> UInt64(Segment.blobShift))),
      length > 0, within <= place.length, length <= place.length - within,
      let bytes = data.slice(place.offset + within, length)
    else {
      if let base, let address = LayerBase.address(address) {
        return try base.bundle.blob(name, address: address, length: length)
      }
      throw .malformedSection(name)
    }
    try verity.check(offset: place.offset + within, length: length)
    return bytes
  }

  /// The payload of one segment of a section, checked; for tools that look at all of it.
  public func segment(_ name: SectionName, _ number: Int) throws(BundleError) -> Bytes {
    guard let place = sections.place(sections.section(name), segment: number),
      let bytes = data.slice(place.offset, place.length)
    else { throw .malformedSection(name) }
    try verity.check(offset: place.offset, length: place.length)
    return bytes
  }

  /// The payload of a section that is one segment, and where it begins in the data; `nil` if it is not one. Nothing of it is
  /// checked yet.
  func unchecked(_ name: SectionName) -> (bytes: Bytes, offset: Int)? {
    let section = sections.section(name)
    guard section.segmentCount == 1, let place = sections.place(section, segment: 0),
      let bytes = data.slice(place.offset, place.length)
    else { return nil }
    return (bytes, place.offset)
  }

  // MARK: Reading at open

  private static func whole(
    _ name: SectionName, _ sections: borrowing SectionDirectory, _ data: Bytes, _ verity: VerityTree
  ) throws(BundleError) -> Bytes {
    guard let place = sections.place(sections.section(name), segment: 0) else {
      if let nothing = data.slice(0, 0), !name.isRequired { return nothing }
      throw .missingSection(name)
    }
    guard sections.section(name).segmentCount == 1, let bytes = data.slice(place.offset, place.length) else {
      throw .malformedSection(name)
    }
    try verity.check(offset: place.offset, length: place.length)
    return bytes
  }

  // A layer is known by its section, and answers only over the very bundle that it was compiled for.
  private static func checkBase(
    _ layer: LayerRecord?, _ under: Bundle?, isInspected: Bool
  ) throws(BundleError) {
    guard let layer else {
      if under != nil { throw .notALayer }
      return
    }
    guard let under else {
      if isInspected { return }
      throw .needsBase(root: layer.root)
    }
    guard layer.root == under.footer.root else {
      throw .otherBase(expected: layer.root, found: under.footer.root)
    }
    guard under.base == nil, !under.isIncomplete, Int(layer.entryCount) == under.count(.entryRecords),
      Int(layer.questionCount) == under.count(.questionRecords),
      Int(layer.distractorCount) == under.count(.questionDistractors)
    else { throw .malformedSection(.layerBase) }
  }

  private static func checkShapes(
    _ sections: borrowing SectionDirectory, _ encoder: EncoderParameters, _ index: IndexParameters,
    _ layer: LayerRecord?
  ) throws(BundleError) {
    func expect(_ name: SectionName, size: Int, count: Int? = nil) throws(BundleError) {
      let section = sections.section(name)
      guard section.count == 0 || section.elementSize == size, count == nil || section.count == count else {
        throw .malformedSection(name)
      }
    }
    let lists = Int(index.listCount)
    let rows = Int(index.rowCount)
    let pieces = layer == nil ? Int(encoder.pieceCount) : 0
    if let layer {
      try expect(.layerBase, size: LayerRecord.size, count: 1)
      let replaced = sections.section(.layerReplaced).count
      let words = ReplacedEntries.wordCount(entries: Int(layer.entryCount))
      try expect(.layerReplaced, size: ReplacedEntries.wordSize, count: replaced == 0 ? 0 : words)
      // Ordinals of the pair must stay clear of the bit that marks distractors.
      guard sections.section(.questionRecords).count + Int(layer.questionCount) < Int(QuestionRecord.distractorFlag),
        sections.section(.entryRecords).count + Int(layer.entryCount) < Int(QuestionRecord.distractorFlag),
        sections.section(.questionDistractors).count + Int(layer.distractorCount) < Int(QuestionRecord.distractorFlag)
          - 1
      else { throw .malformedSection(.layerBase) }
    }
    try expect(.encoderPieceRecords, size: PieceRecord.size, count: pieces)
    try expect(.encoderRows, size: encoder.stride, count: pieces)
    try expect(.encoderPieceText, size: Segment.blobElement)
    try expect(.indexCentroids, size: encoder.stride, count: lists)
    try expect(.indexLists, size: ListRecord.size, count: lists)
    try expect(.indexQuestions, size: 4, count: rows)
    try expect(.indexVectors, size: encoder.stride, count: rows)
    let codes = Int(index.subquantizers)
    try expect(
      .indexCodebooks, size: IndexParameters.codebookSize * IndexParameters.subvectorSize, count: codes)
    try expect(.indexCodes, size: index.blockBytes, count: codes == 0 ? 0 : nil)
    try expect(.indexRotation, size: encoder.stride, count: index.rotatedDimensions)
    let coarse = Int(index.coarseDimensions)
    try expect(.indexCoarse, size: coarse, count: coarse == 0 ? 0 : lists)
    try expect(.questionRecords, size: QuestionRecord.size)
    try expect(.questionDistractors, size: DistractorRecord.size)
    try expect(.questionText, size: Segment.blobElement)
    let marked = sections.section(.questionMarkRecords).count
    try expect(
      .questionMarkRecords, size: MarkPlace.size, count: marked == 0 ? 0 : sections.section(.questionRecords).count)
    try expect(.questionMarks, size: Segment.blobElement)
    try expect(.decisionMarksLexicon, size: Segment.blobElement)
    try expect(.questionPrompts, size: Segment.blobElement)
    try expect(.entryRecords, size: EntryRecord.size)
    try expect(.entryText, size: Segment.blobElement)
    let dated = sections.section(.entryFreshness).count
    try expect(
      .entryFreshness, size: FreshnessRecord.size, count: dated == 0 ? 0 : sections.section(.entryRecords).count)
    let vectors = sections.section(.entryVectors).count
    guard vectors == 0 || vectors == sections.section(.entryRecords).count else {
      throw .malformedSection(.entryVectors)
    }
    try expect(.entryVectors, size: encoder.stride)
    try expect(.entryVectorScales, size: EntrySimilarity.scaleSize, count: vectors)
    try expect(.answerFrames, size: Segment.blobElement)
    try expect(.decisionAcceptance, size: AcceptancePoint.size)
    let examples = sections.section(.decisionRouteExamples).count
    guard examples <= RouteExamples.maximumCount else { throw .malformedSection(.decisionRouteExamples) }
    try expect(.decisionRouteExamples, size: encoder.stride)
    try expect(.decisionRouteLabels, size: RouteExamples.labelSize, count: examples)
    try expect(.wordLetters, size: 4)
    try expect(.decisionRules, size: Segment.blobElement)
    let runs = sections.section(.questionPieceRuns).count
    try expect(
      .questionPieceRuns, size: PieceRunRecord.size, count: runs == 0 ? 0 : sections.section(.questionRecords).count)
    try expect(.questionPieces, size: Segment.blobElement)
    let cores = sections.section(.entryCoreRuns).count
    try expect(.entryCoreRuns, size: PieceRunRecord.size, count: cores == 0 ? 0 : sections.section(.entryRecords).count)
    try expect(.entryCores, size: Segment.blobElement)
    try expect(.encoderPieceWeights, size: 2, count: runs == 0 ? 0 : pieces)
    for name in [SectionName.encoderPieces, .exactTable, .idTable, .wordTable] {
      try expect(name, size: HashTable.slotSize)
      let slots = sections.section(name).count
      guard slots & (slots - 1) == 0 else { throw .malformedSection(name) }
    }
  }

  private static func readAcceptance(
    _ sections: borrowing SectionDirectory, _ data: Bytes, _ verity: VerityTree
  ) throws(BundleError) -> [AcceptancePoint] {
    let bytes = try whole(.decisionAcceptance, sections, data, verity)
    guard bytes.count / AcceptancePoint.size <= maximumAcceptancePoints else {
      throw .malformedSection(.decisionAcceptance)
    }
    var points: [AcceptancePoint] = []
    for index in 0..<(bytes.count / AcceptancePoint.size) {
      guard let record = bytes.slice(index * AcceptancePoint.size, AcceptancePoint.size),
        let point = AcceptancePoint(record), point.acceptance <= 1_000_000
      else { throw .malformedSection(.decisionAcceptance) }
      points.append(point)
    }
    return points
  }

  private static func arePrompts(_ bytes: Bytes) -> Bool {
    guard bytes.count <= PromptRecord.maximumSection else { return false }
    var offset = 0
    while offset < bytes.count {
      if PromptRecord(bytes, &offset) == nil { return false }
    }
    return true
  }

  /// The template of the prompt with this name, the layer's before its base's; `nil` if there is none. O(number of prompts).
  public func promptTemplate(_ name: Bytes) -> Bytes? {
    let bytes = promptMemory.bytes(promptMemory.capacity)
    var offset = 0
    while let prompt = PromptRecord(bytes, &offset) {
      if prompt.name.equals(name) { return prompt.template }
    }
    return base?.bundle.promptTemplate(name)
  }

  private static func readRules(_ memory: borrowing FixedBuffer<UInt8>) throws(BundleError) -> RuleTable? {
    let bytes = memory.bytes(memory.capacity)
    if bytes.count == 0 || RuleTable.isUnknown(bytes) { return nil }
    guard let table = RuleTable(bytes) else { throw .malformedSection(.decisionRules) }
    return table
  }

  // Each route is one length byte and that many bytes of UTF-8.
  private static func readRoutes(
    _ decision: DecisionParameters, _ sections: borrowing SectionDirectory, _ data: Bytes, _ verity: VerityTree
  ) throws(BundleError) -> [[UInt8]] {
    var routes: [[UInt8]] = []
    guard decision.routeCount > 0 else { return routes }
    let bytes = try whole(.decisionRoutes, sections, data, verity)
    var offset = 0
    while routes.count < Int(decision.routeCount) {
      guard offset < bytes.count, let route = bytes.slice(offset + 1, Int(bytes[offset])) else {
        throw .malformedSection(.decisionRoutes)
      }
      routes.append(route.copied)
      offset += 1 + route.count
    }
    return routes
  }
}
