import BundleFormat
import CMarks

/// Reads the lexicon of marks as people edit it (`Sources/CMarks/marks-lexicon.txt` says how).
struct MarkLexiconSource: ~Copyable {
  private var builder = MarkLexiconBuilder()
  private var section = ""
  private var pairs: UInt32 = 0
  private var particleKinds: [String] = []
  private let file: String
  private var line = 0
  private var normalizer = TextNormalizer(maximumInput: 256)

  /// The section's bytes for the lexicon that comes with the compiler.
  ///
  /// - Throws: `InputError` if the build holds a lexicon with a mistake.
  static func standard() throws -> [UInt8] {
    let source = unsafe UnsafeBufferPointer(
      start: almanac_marks_lexicon(), count: Int(almanac_marks_lexicon_size()))
    return try compile(String(decoding: source, as: UTF8.self), file: "marks-lexicon.txt")
  }

  /// The section's bytes for a lexicon.
  ///
  /// - Throws: `InputError` naming `file` and the line.
  static func compile(_ text: String, file: String) throws -> [UInt8] {
    var source = MarkLexiconSource(file: file)
    for line in text.split(separator: "\n", omittingEmptySubsequences: false) { try source.read(line) }
    return source.builder.encoded
  }

  private init(file: String) { self.file = file }

  private func error(_ problem: String, do remedy: String) -> InputError {
    InputError(file: file, line: line, problem: problem, remedy: remedy)
  }

  private mutating func read(_ text: Substring) throws {
    line += 1
    let words = text.split { $0 == " " || $0 == "\t" || $0 == "\r" }
    guard let first = words.first, !first.hasPrefix("#") else { return }
    if first.hasPrefix("[") {
      guard words.count == 1, first.hasSuffix("]") else {
        throw error("\"\(text)\" is no section", do: "write a name in brackets alone on its line")
      }
      section = String(first.dropFirst().dropLast())
      return
    }
    switch section {
    case "antonym": try readPair(words)
    case "unit": try readUnit(words)
    case "particle": try readParticle(words)
    case "particle-verb": try add(words.dropFirst(), MarkRecord(role: .particleVerb, value: particleKind(first)))
    case "neutral": try add(words[...], MarkRecord())
    case "time-preposition": try add(words[...], MarkRecord(flags: MarkRecord.isTimePreposition))
    case "filler": try add(words[...], MarkRecord(flags: MarkRecord.isFiller))
    default:
      if let role = Self.valued[section] {
        guard let value = UInt32(first) else {
          throw error("\"\(first)\" is no value", do: "begin the line with a whole number")
        }
        let isDoubtful = section == "doubtful-month"
        try add(words.dropFirst(), MarkRecord(role: role, flags: isDoubtful ? MarkRecord.isDoubtful : 0, value: value))
      } else if let role = Self.plain[section] {
        try add(words[...], MarkRecord(role: role))
      } else {
        throw error("there is no section [\(section)]", do: "use one of those in marks-lexicon.txt")
      }
    }
  }

  private static let valued: [String: MarkRecord.Role] = [
    "number": .number, "ordinal": .ordinal, "multiplier": .multiplier, "month": .month, "doubtful-month": .month,
    "day": .day, "half-of-day": .halfOfDay,
  ]

  private static let plain: [String: MarkRecord.Role] = [
    "half": .half, "article": .article, "ordinal-ending": .ordinalEnding, "clock": .clock, "negator": .negator,
    "forward": .forward, "backward": .backward, "empty": .empty,
    "auxiliary": .auxiliary, "exchange-verb": .exchangeVerb, "exchange": .exchange, "conjunction": .conjunction,
    "pronoun": .pronoun,
  ]

  private static let unitClasses = [
    "time", "length", "mass", "volume", "data", "percent", "temperature", "speed", "frequency", "calendar", "money",
    "power", "electric", "picture",
  ]

  private mutating func readUnit(_ words: [Substring]) throws {
    guard words.count > 2, let place = Self.unitClasses.firstIndex(of: String(words[0])) else {
      throw error(
        "a unit needs a class, a size and words",
        do: "begin the line with one of \(Self.unitClasses.joined(separator: ", ")) and a size")
    }
    let parts = words[1].split(separator: "e")
    guard let factor = UInt32(parts[0]), factor > 0, parts.count <= 2,
      let exponent = parts.count == 2 ? Int8(parts[1]) : 0, abs(exponent) <= 18
    else { throw error("\"\(words[1])\" is no size", do: "write a whole number, or one with a power of ten as 1e-3") }
    try add(
      words.dropFirst(2),
      MarkRecord(role: .unit, unitClass: UInt8(place + 1), unitExponent: exponent, unitFactor: factor))
  }

  private mutating func readPair(_ words: [Substring]) throws {
    let sides = words.split(separator: "|", omittingEmptySubsequences: false)
    guard sides.count == 2, !sides[0].isEmpty, !sides[1].isEmpty else {
      throw error("a pair needs two sides", do: "write words, a |, and their opposites")
    }
    try nextPair()
    for (side, words) in sides.enumerated() {
      try add(words, MarkRecord(firstSide: UInt16(pairs << 1 | UInt32(side))))
    }
  }

  private mutating func readParticle(_ words: [Substring]) throws {
    guard words.count == 3 else {
      throw error("a line of particles needs three words", do: "write the kind, a particle and its opposite")
    }
    try nextPair()
    let kind = try particleKind(words[0])
    for (side, word) in words.dropFirst().enumerated() {
      try add([word], MarkRecord(role: .particle, value: kind, unitFactor: pairs << 1 | UInt32(side)))
    }
  }

  private mutating func nextPair() throws {
    pairs += 1
    if pairs >= 1 << 15 { throw error("there are more than 32,767 pairs", do: "remove some") }
  }

  // Kinds get their bits in the order in which they are named.
  private mutating func particleKind(_ name: Substring) throws -> UInt32 {
    if let place = particleKinds.firstIndex(of: String(name)) { return 1 << UInt32(place) }
    guard particleKinds.count < 32 else { throw error("there are more than 32 kinds of particle", do: "remove some") }
    particleKinds.append(String(name))
    return 1 << UInt32(particleKinds.count - 1)
  }

  private mutating func add(_ words: some Sequence<Substring>, _ record: MarkRecord) throws {
    for word in words {
      for form in LexiconInflection.forms(word) {
        let text = Array(form.utf8).map { $0 == UInt8(ascii: "_") || $0 == UInt8(ascii: "-") ? 0x20 : $0 }
        do {
          _ = try text.withBytes { try normalizer.normalize($0) }
        } catch {
          throw self.error("\"\(form)\" has no normal form", do: "write a word of at most 256 bytes")
        }
        do throws(MarkLexiconBuilder.Conflict) {
          try builder.add(normalizer.output.copied, record)
        } catch {
          let what =
            switch error {
            case .role: "has another role already"
            case .sides: "is in two other pairs already"
            case .unit: "is another unit already"
            }
          throw self.error("\"\(form)\" \(what)", do: "name it once")
        }
      }
    }
  }
}
