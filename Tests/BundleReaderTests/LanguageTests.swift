import BundleCompiler
import BundleFormat
import BundleReader
import Foundation
import TestSupport
import Testing

// Foundation has a Bundle too.
import class BundleReader.Bundle

/// Every script is read without a crash, a stored question in any language is found, and no other language is answered.
@Suite struct LanguageTests {
  /// A bundle of 64 questions in one language, each about one of eight things and one of eight places.
  struct Language: Sendable, CustomTestStringConvertible {
    var name: String
    var things: [String]
    var places: [String]
    /// The question and a rewording of it, with `1` for the thing and `2` for the place.
    var question: String
    var rewording: String

    var testDescription: String { name }

    func text(_ form: String, _ entry: Int) -> String {
      form.replacingOccurrences(of: "1", with: things[entry / 8]).replacingOccurrences(of: "2", with: places[entry % 8])
    }
  }

  static let languages = [
    Language(
      name: "Russian", things: ["паспорт", "багаж", "билет", "ключ", "завтрак", "счёт", "карту", "лекарство"],
      places: ["вокзале", "почте", "рынке", "острове", "складе", "заводе", "севере", "юге"],
      question: "Где получить 1 на 2?", rewording: "на 2 где 1 получить"),
    Language(
      name: "Arabic", things: ["الجواز", "التذكرة", "المفتاح", "الفاتورة", "الدواء", "الكتاب", "البطاقة", "الطعام"],
      places: ["المحطة", "السوق", "المطار", "الجزيرة", "المدينة", "القرية", "الجامعة", "المكتبة"],
      question: "أين أجد 1 في 2؟", rewording: "في 2 أين أجد 1"),
    Language(
      name: "Hindi", things: ["टिकट", "चाबी", "दवा", "किताब", "खाना", "रसीद", "नक्शा", "सामान"],
      places: ["स्टेशन", "बाज़ार", "अस्पताल", "द्वीप", "कारखाने", "गाँव", "विद्यालय", "पुस्तकालय"],
      question: "2 में 1 कहाँ मिलेगा?", rewording: "1 कहाँ मिलेगा 2 में"),
    Language(
      name: "Japanese", things: ["切符", "鍵", "薬", "本", "食事", "地図", "荷物", "財布"],
      places: ["駅", "市場", "病院", "島", "工場", "村", "学校", "空港"],
      question: "2で1を受け取れますか？", rewording: "1を2で受け取れますか"),
    Language(
      name: "Korean", things: ["여권을", "열쇠를", "약을", "책을", "지도를", "영수증을", "가방을", "표를"],
      places: ["역에서", "시장에서", "병원에서", "섬에서", "공장에서", "마을에서", "학교에서", "공항에서"],
      question: "2 1 어디서 받나요?", rewording: "1 2 어디서 받나요"),
    Language(
      name: "Vietnamese", things: ["hộ chiếu", "chìa khóa", "thuốc", "sách", "bản đồ", "hóa đơn", "hành lý", "vé"],
      places: ["nhà ga", "chợ", "bệnh viện", "đảo", "nhà máy", "làng", "trường", "sân bay"],
      question: "Nhận 1 ở 2 bằng cách nào?", rewording: "ở 2 nhận 1 bằng cách nào"),
  ]

  private static func compile(_ language: Language, in folder: TemporaryFolder) throws -> Bundle {
    var random = SeededRandom(seed: 21)
    let dimensions = 64
    func vector() -> [Int] { (0..<dimensions).map { _ in Int.random(in: -40...40, using: &random) } }
    let things = language.things.map { _ in vector() }
    let places = language.places.map { _ in vector() }
    let common = vector().map { $0 / 4 }
    var entries = ""
    var values: [UInt8] = []
    for entry in 0..<64 {
      let question = language.text(language.question, entry)
      entries += "{\"id\":\"e/\(entry)\",\"question\":\"\(question)\",\"answer\":\"Answer \(entry).\"}\n"
      for component in 0..<dimensions {
        let value = things[entry / 8][component] + places[entry % 8][component] + common[component]
        values.append(UInt8(bitPattern: Int8(clamping: value)))
      }
    }
    try folder.write("entries.jsonl", entries)
    try Data(SampleBundle.numpy(rows: 64, columns: dimensions, values[...])).write(
      to: URL(fileURLWithPath: folder.file("entries.npy")))
    try folder.write(
      "recipe.yaml",
      """
      name: language
      version: 1
      entries: entries.jsonl
      embeddings: {model: made-up, entries: entries.npy}
      encoder: {max_bytes: 400000}
      """)
    try SampleBundle.compile(recipe: folder.file("recipe.yaml"), to: folder.file("out.almanac"))
    return try Bundle.open(folder.file("out.almanac"))
  }

  @Test(arguments: languages)
  func everyStoredQuestionIsFoundAndRewordingsInItsLanguageAreAnswered(language: Language) throws {
    let folder = try TemporaryFolder()
    let bundle = try Self.compile(language, in: folder)
    var answered = 0
    for entry in 0..<64 {
      #expect(try ask(bundle, language.text(language.question, entry)).entry == "e/\(entry)")
      let reply = try ask(bundle, language.text(language.rewording, entry))
      #expect(reply.entry == nil || reply.entry == "e/\(entry)")
      if reply.entry != nil { answered += 1 }
    }
    #expect(answered >= 32, "\(language.name): \(answered) of 64 rewordings")
  }

  @Test(arguments: languages)
  func noOtherLanguageIsAnsweredNotEvenWithASharedWord(language: Language) throws {
    let folder = try TemporaryFolder()
    let bundle = try Self.compile(language, in: folder)
    for other in Self.languages where other.name != language.name {
      for entry in 0..<16 {
        let text = other.text(other.rewording, entry)
        #expect(try ask(bundle, text).reason == .noMatch, "\(text)")
        // A loan word or a name that both share.
        #expect(try ask(bundle, "\(text) \(language.things[entry % 8])").reason == .noMatch, "\(text)")
      }
    }
  }

  @Test func composedAndDecomposedTextIsTheSameQuestion() throws {
    let folder = try TemporaryFolder()
    let bundle = try Self.compile(Self.languages[5], in: folder)
    let question = Self.languages[5].text(Self.languages[5].question, 9)
    #expect(try ask(bundle, question.decomposedStringWithCanonicalMapping).entry == "e/9")
    #expect(try ask(bundle, question.uppercased()).entry == "e/9")
  }

  @Test func noTextOfAnyScriptEndsTheProcess() throws {
    let folder = try TemporaryFolder()
    let bundle = try Self.compile(Self.languages[0], in: folder)
    var session = QuerySession(bundle)
    let parts =
      Self.languages.flatMap { $0.things + $0.places } + [
        "👩‍👩‍👧‍👦", "🇩🇪", "👍🏽", "e\u{301}\u{327}\u{32D}", "\u{200F}", "\u{202E}", "\u{200D}", "\u{FEFF}", "ﷺ", "𝕏", "\u{0}",
        "\u{E0001}",
        "ภาษาไทยไม่มีช่องว่าง", "မြန်မာ", "ខ្មែរ", "ᜊᜌᜊᜌᜒᜈ᜔", "\u{1E900}\u{1E922}", "ßẞſ", "ıİ", "ΣΊΣΥΦΟΣ",
        String(repeating: "\u{301}", count: 200),
        String(repeating: "ก", count: 400), "паспрт", "завтракк",
      ]
    var random = SeededRandom(seed: 4)
    for _ in 0..<3_000 {
      let text = (0..<Int.random(in: 1...8, using: &random)).map { _ in parts.randomElement(using: &random)! }
        .joined(separator: Bool.random(using: &random) ? " " : "")
      let utf8 = Array(text.utf8)
      let outcome = try utf8.withBytes { try session.answer(Query(text: $0, now: 1_780_000_000)) }
      #expect(outcome.reason != .damaged)
      for index in 0..<session.correctionCount { #expect(session.correction(index) != nil) }
    }
  }
}
