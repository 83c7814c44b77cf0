import BundleCompiler
import BundleFormat
import BundleReader

/// What a report needs to know of each entry of a bundle.
struct BundleContents {
  /// One entry.
  struct Entry {
    let id: String
    let question: String
    /// What it is about: the member `topic` of its scope, else the folder of its id; `nil` if neither tells entries apart.
    var topic: String?
    let validFrom: Int64
    let validUntil: Int64
    /// The bytes of its answer in the file, and before compression.
    let frameBytes: Int
    let answerBytes: Int
    /// The tokens that its answer was made with, if it says so.
    let tokens: (input: Double, output: Double)?
  }

  private(set) var entries: [Entry] = []
  // Where in `entries` each ordinal stands: a bundle built upon an earlier one may have ordinals without an entry.
  private var places: [UInt32: UInt32] = [:]
  /// The bytes of the file, and those that do not grow with its entries: encoder, decision, dictionary.
  let bytes: Int
  let fixedBytes: Int

  /// Reads the records of `bundle`.
  ///
  /// - Throws: `BundleError` for a bundle that is damaged.
  init(_ bundle: Bundle) throws(BundleError) {
    let dataLength = bundle.footer.dataLength
    let treeLength = VerityGeometry(dataLength: dataLength)?.treeLength ?? 0
    bytes = Int(dataLength + treeLength) + Footer.size
    let fixed: [SectionName] = [
      .encoderParameters, .encoderPieces, .encoderPieceRecords, .encoderPieceText, .encoderPieceWeights, .encoderRows,
      .decisionParameters, .decisionAcceptance, .decisionRoutes, .decisionRouteExamples, .decisionRouteLabels,
      .decisionRules, .decisionMarksLexicon, .decisionJudge, .metaManifest, .metaDictionary, .wordTable, .wordLetters,
      .indexParameters, .indexRotation, .indexListCodes, .indexListCodebooks, .indexCodebooks,
    ]
    fixedBytes = fixed.reduce(0) { $0 + bundle.size($1).bytes }
    for ordinal in try bundle.entryOrdinals() {
      places[ordinal] = UInt32(entries.count)
      entries.append(try Self.entry(ordinal, bundle))
    }
    nameTopics()
  }

  private static func entry(_ ordinal: UInt32, _ bundle: Bundle) throws(BundleError) -> Entry {
    let record = try bundle.entry(ordinal)
    let text = try bundle.entryText(record)
    var topic: String?
    var offset = 0
    while let pair = ScopeText.next(text.scope, &offset) {
      if pair.key.equals(Bytes("topic")) { topic = String(decoding: pair.value.copied, as: UTF8.self) }
    }
    let usage = try? JSONParser.parse(text.usage)
    let output = usage?["output_tokens"]?.double
    return Entry(
      id: String(decoding: text.id.copied, as: UTF8.self),
      question: String(decoding: try bundle.questionText(record.canonicalQuestion).copied, as: UTF8.self), topic: topic,
      validFrom: record.validFrom, validUntil: record.validUntil, frameBytes: Int(record.frameLength),
      answerBytes: Int(record.answerLength), tokens: output.map { (usage?["input_tokens"]?.double ?? 0, $0) })
  }

  // Folders of ids are topics, without what all of them begin with.
  private mutating func nameTopics() {
    let folders = entries.map { $0.id.split(separator: "/", omittingEmptySubsequences: false).dropLast() }
    var shared = folders.first.map(Array.init) ?? []
    for folder in folders { shared = Array(zip(shared, folder).prefix { $0 == $1 }.map(\.0)) }
    for index in entries.indices where entries[index].topic == nil {
      // One level is enough to sum up by.
      entries[index].topic = folders[index].dropFirst(shared.count).first.map(String.init)
    }
  }

  /// A fate that names its entry by the place in `entries` and not by the ordinal.
  func placed(_ fate: QuestionFate) -> QuestionFate {
    var fate = fate
    fate.entry = fate.entry.flatMap { places[$0] }
    return fate
  }

  /// The bytes that an entry takes, about: its answer, and an equal share of vectors, codes, texts and tables.
  func bytes(of entry: Int) -> Double { Double(entries[entry].frameBytes) + shareOfTables }

  /// Whether any answer is valid for a time only.
  var hasWindows: Bool { entries.contains { $0.validFrom != .min || $0.validUntil != .max } }

  /// What an entry more would take, about.
  var meanBytes: Double { entries.isEmpty ? 0 : Double(max(0, bytes - fixedBytes)) / Double(entries.count) }

  private var shareOfTables: Double {
    guard !entries.isEmpty else { return 0 }
    let frames = entries.reduce(0) { $0 + $1.frameBytes }
    return Double(max(0, bytes - fixedBytes - frames)) / Double(entries.count)
  }
}
