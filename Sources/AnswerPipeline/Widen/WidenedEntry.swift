import BundleCompiler
import BundleFormat
import BundleReader

/// An entry that is to get further wordings.
struct WidenedEntry {
  let id: String
  /// Its wordings, the canonical one first.
  var questions: [String]
  let answer: String
  let route: String?
}

/// The entries of a bundle, of a recipe, or of files of entries.
struct WidenedEntries {
  private(set) var entries: [WidenedEntry] = []
  /// Entries that answer exact matches only: more wordings would make them no easier to find.
  private(set) var exactOnly = 0

  private var places: [ExactText: Int] = [:]

  /// Reads `path`: a bundle (`.almanac`), a recipe (`.yaml`), or a JSONL file of entries.
  ///
  /// - Throws: `InputError` naming file and line, `BundleError` for a damaged bundle.
  init(_ path: String, dataFolder: String?) throws {
    if path.hasSuffix(".almanac") {
      try read(Bundle.open(path, mode: .all))
    } else if path.hasSuffix(".yaml") || path.hasSuffix(".yml") {
      let recipe = try Recipe.load(path: path, dataFolder: dataFolder)
      for file in recipe.entries { try readEntries(file.path) }
      for file in recipe.variants { try readVariants(file.path) }
    } else {
      try readEntries(path)
    }
    guard !entries.isEmpty else {
      throw InputError(
        file: path, problem: "there is no entry that further wordings would help",
        remedy: "name a bundle, a recipe or a JSONL file of entries")
    }
  }

  private mutating func read(_ bundle: Bundle) throws {
    var wordings = [[String]](repeating: [], count: bundle.entryCount)
    for ordinal in 0..<UInt32(bundle.questionCount) {
      let record = try bundle.question(ordinal)
      if record.isDistractor || Int(record.owner) >= wordings.count { continue }
      wordings[Int(record.owner)].append(Self.text(try bundle.questionText(ordinal)))
    }
    for ordinal in try bundle.entryOrdinals() {
      let record = try bundle.entry(ordinal)
      // A merged entry's wordings belong to the one that answers them.
      if record.mergedInto != nil { continue }
      if record.flags & EntryRecord.exactOnly != 0 {
        exactOnly += 1
        continue
      }
      let canonical = Self.text(try bundle.questionText(record.canonicalQuestion))
      let others = wordings[Int(ordinal)].filter { ExactText($0) != ExactText(canonical) }
      entries.append(
        WidenedEntry(
          id: Self.text(try bundle.entryText(record).id), questions: [canonical] + others,
          answer: String(decoding: try bundle.answer(of: ordinal), as: UTF8.self),
          route: bundle.routeName(record.route).map { String(decoding: $0, as: UTF8.self) }))
    }
  }

  private static func text(_ bytes: Bytes) -> String { String(decoding: bytes.copied, as: UTF8.self) }

  private mutating func readEntries(_ path: String) throws(InputError) {
    let reader = LineReader(file: try InputFile(path: path), limit: InputLimits.standard.line)
    while let line = try reader.next() {
      let record = try JSONRecord(
        line.bytes, place: reader.place, shape: #"{"id": …, "question": …, "answer": …}"#)
      let id = try record.string("id")
      if try record.optionalChoice("match", [("exact", true)]) ?? false {
        exactOnly += 1
        places[ExactText(id)] = -1
        continue
      }
      guard places[ExactText(id)] == nil else {
        throw reader.place.error("the id \"\(id)\" stands twice", do: "give each entry an id of its own")
      }
      var questions = [try record.string("question")]
      if let variants = record.value("variants") {
        guard case .array(let values) = variants else {
          throw record.wrongType("variants", variants, "an array of questions")
        }
        questions += values.compactMap(\.string)
      }
      places[ExactText(id)] = entries.count
      entries.append(
        WidenedEntry(
          id: id, questions: questions, answer: try record.string("answer"),
          route: try record.optionalName("route", limit: InputLimits.standard.route)))
    }
  }

  private mutating func readVariants(_ path: String) throws(InputError) {
    let reader = LineReader(file: try InputFile(path: path), limit: InputLimits.standard.line)
    while let line = try reader.next() {
      let record = try JSONRecord(line.bytes, place: reader.place, shape: #"{"id": …, "question": …}"#)
      let id = try record.string("id")
      guard let place = places[ExactText(id)] else {
        throw reader.place.error(
          "the variant belongs to \"\(id)\", which no entry has as its id", do: "correct the id, or add the entry")
      }
      if place >= 0 { entries[place].questions.append(try record.string("question")) }
    }
  }
}
