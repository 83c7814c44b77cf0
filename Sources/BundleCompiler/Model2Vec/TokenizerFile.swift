import BundleFormat

/// A `tokenizer.json` as the `tokenizers` library writes it, as far as static embedding models use it: WordPiece and Unigram
/// models with their normalisers and splitters. Anything else is refused by name, since a guess would give wrong
/// vectors without a sign of it.
struct TokenizerFile {
  /// The entries of the vocabulary by id; `nil` for ids that no text leads to: special entries and gaps.
  let entries: [[UInt8]?]
  /// What marks an entry that continues a word (WordPiece); `nil` where a mark begins those that start one.
  let continuationPrefix: [UInt8]?
  /// What marks an entry that starts a word (Unigram).
  let startMark: [UInt8]
  private let steps: [NormalizerStep]
  private let splits: [SplitStep]
  private let model: SubwordModel
  private let place: InputPlace

  /// Reads the file at `path`.
  ///
  /// - Throws: An error that names the part of the file that is not understood.
  init(path: String, namedAt named: InputPlace) throws(InputError) {
    place = InputPlace(file: path)
    let root = JSONValue.object(try JSONFile.object(path: path, namedAt: named))
    steps = try Self.normalizer(root["normalizer"], place)
    splits = try Self.splitter(root["pre_tokenizer"], place)
    guard let model = root["model"], let type = model["type"]?.text else {
      throw place.error("'model' has no 'type'", do: "download the model again")
    }
    var entries: [[UInt8]?]
    switch type {
    case "WordPiece":
      let prefix = Array((model["continuing_subword_prefix"]?.text ?? "##").utf8)
      entries = try Self.wordPieces(model, place)
      var vocabulary: [[UInt8]: Int] = [:]
      for (id, entry) in entries.enumerated() { if let entry { vocabulary[entry] = id } }
      self.model = .wordPiece(
        WordPieceModel(
          vocabulary: vocabulary, prefix: prefix, longestWord: model["max_input_chars_per_word"]?.wholeNumber ?? 100))
      continuationPrefix = prefix
      startMark = []
      if let unknown = model["unk_token"]?.text, let id = vocabulary[Array(unknown.utf8)] { entries[id] = nil }
    case "Unigram":
      guard model["byte_fallback"]?.isTrue != true else {
        throw place.error("'model.byte_fallback' is not supported", do: "use a model without it")
      }
      let pieces = try Self.unigramPieces(model, place)
      let unknown = model["unk_id"]?.wholeNumber
      self.model = .unigram(UnigramModel(pieces, unknown: unknown))
      entries = pieces.map { $0.text.isEmpty ? nil : $0.text }
      if let unknown, entries.indices.contains(unknown) { entries[unknown] = nil }
      continuationPrefix = nil
      startMark = Self.mark(splits)
      guard !startMark.isEmpty else {
        throw place.error("a Unigram model without a Metaspace pre-tokenizer is not supported", do: "use another model")
      }
    default:
      throw place.error("'model.type' is '\(type)'", do: "use a model with a WordPiece or Unigram tokenizer")
    }
    for token in root["added_tokens"]?.elements ?? [] where token["special"]?.isTrue == true {
      if let id = token["id"]?.wholeNumber, entries.indices.contains(id) { entries[id] = nil }
    }
    self.entries = entries
  }

  /// The ids of the parts of a text without special entries; what the vocabulary does not have is left out.
  func ids(_ text: String) -> [Int] {
    var normal = text
    for step in steps { normal = step.apply(normal) }
    var words = [normal]
    for split in splits { words = words.flatMap { split.apply($0) } }
    return words.flatMap { model.ids(Array($0.utf8)) }.filter { entries.indices.contains($0) && entries[$0] != nil }
  }

  // MARK: Vocabularies

  /// The most entries of a vocabulary.
  private static let mostEntries = 4_000_000

  private static func wordPieces(_ model: JSONValue, _ place: InputPlace) throws(InputError) -> [[UInt8]?] {
    guard let members = model["vocab"]?.members, !members.isEmpty, members.count <= mostEntries else {
      throw place.error("'model.vocab' is not an object of entries", do: "download the model again")
    }
    var entries: [[UInt8]?] = []
    for member in members {
      guard let id = member.value.wholeNumber, id >= 0, id < mostEntries else {
        throw place.error("'model.vocab' gives '\(member.key)' no id", do: "download the model again")
      }
      while entries.count <= id { entries.append(nil) }
      entries[id] = Array(member.key.utf8)
    }
    return entries
  }

  private static func unigramPieces(
    _ model: JSONValue, _ place: InputPlace
  ) throws(InputError) -> [(text: [UInt8], score: Double)] {
    var pieces: [(text: [UInt8], score: Double)] = []
    let rows = model["vocab"]?.elements ?? []
    for row in rows.prefix(mostEntries) {
      guard let pair = row.elements, pair.count == 2, let text = pair[0].text, let score = pair[1].double else { break }
      pieces.append((Array(text.utf8), score))
    }
    guard !rows.isEmpty, pieces.count == rows.count else {
      throw place.error("'model.vocab' is not an array of texts and scores", do: "download the model again")
    }
    return pieces
  }

  // MARK: Steps

  private static func normalizer(_ value: JSONValue?, _ place: InputPlace) throws(InputError) -> [NormalizerStep] {
    guard let value, value != .null else { return [] }
    switch value["type"]?.text ?? "" {
    case "Sequence":
      var steps: [NormalizerStep] = []
      for part in value["normalizers"]?.elements ?? [] { steps += try normalizer(part, place) }
      return steps
    case "BertNormalizer":
      let lowercases = value["lowercase"]?.isTrue ?? true
      let strips = value["strip_accents"].flatMap { $0 == .null ? nil : $0.isTrue } ?? lowercases
      return [
        .bert(
          cleans: value["clean_text"]?.isTrue ?? true, splitsIdeographs: value["handle_chinese_chars"]?.isTrue ?? true,
          stripsAccents: strips, lowercases: lowercases)
      ]
    case "Precompiled":
      guard let map = value["precompiled_charsmap"]?.text.flatMap({ PrecompiledCharsmap(base64: $0) }) else {
        throw place.error("'precompiled_charsmap' cannot be decoded", do: "download the model again")
      }
      return [.charsmap(map)]
    case "Lowercase": return [.lowercase]
    case "NFD": return [.decompose]
    case "StripAccents": return [.stripAccents]
    // Normal forms are in NFC, and the table's words are looked up in them.
    case "NFC", "Strip": return [.none]
    case "Prepend": return [.prepend(value["prepend"]?.text ?? "")]
    case "Replace":
      let replacement = value["content"]?.text ?? ""
      if let pattern = value["pattern"]?["String"]?.text { return [.replace(pattern, with: replacement)] }
      if let pattern = value["pattern"]?["Regex"]?.text, [" {2,}", "\\s+", " +", "\\s{2,}"].contains(pattern) {
        return [.none]
      }
      throw place.error("a Replace normalizer with a regular expression is not supported", do: "use another model")
    case let type:
      throw place.error("the normalizer '\(type)' is not supported", do: "use another model")
    }
  }

  private static func splitter(_ value: JSONValue?, _ place: InputPlace) throws(InputError) -> [SplitStep] {
    guard let value, value != .null else { return [] }
    switch value["type"]?.text ?? "" {
    case "Sequence":
      var steps: [SplitStep] = []
      for part in value["pretokenizers"]?.elements ?? [] { steps += try splitter(part, place) }
      return steps
    case "BertPreTokenizer": return [.bert]
    case "WhitespaceSplit": return [.whiteSpace]
    case "Whitespace": return [.wordRuns]
    case "Punctuation" where value["behavior"]?.text ?? "Isolated" == "Isolated": return [.punctuation]
    case "Metaspace":
      let scheme = value["prepend_scheme"]?.text ?? (value["add_prefix_space"] == .bool(false) ? "never" : "always")
      return [
        .metaspace(
          mark: value["replacement"]?.text ?? "▁", prepends: scheme != "never",
          splits: value["split"].map(\.isTrue) ?? true)
      ]
    case let type:
      throw place.error("the pre-tokenizer '\(type)' is not supported", do: "use another model")
    }
  }

  private static func mark(_ splits: [SplitStep]) -> [UInt8] {
    for case .metaspace(let mark, let prepends, _) in splits where prepends { return Array(mark.utf8) }
    return []
  }
}
