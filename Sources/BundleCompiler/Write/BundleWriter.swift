import BundleFormat

/// Writes the sections of a bundle. What changes least from one build to the next comes first in the file.
struct BundleWriter {
  /// Everything but the answers.
  struct Content {
    var inputs: CompileInputs
    var questions: StoredQuestions
    var encoder: FittedEncoder
    var words: StoredWords
    /// The index over the vectors of all questions.
    var index: TrainedIndex
    var tuning: SearchTuning
    var decision: DecisionParameters
    var acceptance: [AcceptancePoint]
    var routes: [String]
    /// The vectors of the examples of routes, and the route of each.
    var routeExamples: VectorMatrix
    var routeLabels: [UInt16]
    var rules: CompiledRules
    var questionRules: QuestionRules
    var marks: StoredMarks
    /// The ordinals of entries, questions and distractors.
    var ordinals: OrdinalPlan
    /// The dictionary that answers are compressed with; `nil` to train one.
    var dictionary: [UInt8]?
    /// The bundle that this one builds upon, for the provenance.
    var previous: [InputDigest] = []
    /// What makes the bundle a layer; `nil` for a whole one.
    var layer: LayerPlan?
  }

  let output: LMDBWriter
  let buffer: SegmentBuffer

  /// The payload bytes of each section written.
  var sizes: [(name: SectionName, bytes: Int)] = []

  /// Starts the LMDB part in a new file. What is to be written next may lie in a file in `folder`.
  ///
  /// - Throws: `WriteError`.
  init(path: String, isLayer: Bool, workingFolder folder: String?) throws {
    buffer = SegmentBuffer(folder: folder)
    var databases: [String] = []
    for name in SectionName.allCases
    where !databases.contains("\(name.database)")
      && (isLayer || "\(name.database)" != "\(SectionName.layerBase.database)")
    {
      databases.append("\(name.database)")
    }
    output = try LMDBWriter(path: path, databases: databases)
  }

  /// Writes everything but the manifest. Answers are read, compressed and written a batch at a time.
  ///
  /// - Parameter progress: Told how many answers are written.
  mutating func write(_ content: Content, answers: AnswerReader, progress: (Int) -> Void) throws {
    try writeEncoder(content.encoder, isWhole: content.layer == nil)
    try writeIndex(content)
    try writeQuestions(content)
    let locations = try writeAnswers(
      content, answers, progress: progress)
    try writeEntries(content, locations)
    try writeDecision(content)
    try writeWords(content.words)
    if let layer = content.layer { try writeLayer(layer) }
  }

  /// Writes the manifest and ends the LMDB part. Returns its length in bytes.
  mutating func finish(manifest: String) throws -> UInt64 {
    try whole(.metaManifest, elementSize: Segment.blobElement, Array(manifest.utf8))
    return try output.finish()
  }

  // In the order of the keys: letters, table.
  private mutating func writeWords(_ words: StoredWords) throws {
    try whole(.wordLetters, elementSize: 4, words.encodedLetters)
    try table(.wordTable, words.slots)
  }

  // In the order of the keys: base, replaced.
  private mutating func writeLayer(_ layer: LayerPlan) throws {
    try whole(.layerBase, elementSize: LayerRecord.size, layer.record.encoded)
    try whole(.layerReplaced, elementSize: ReplacedEntries.wordSize, layer.replacedBytes)
  }
}
