import BundleCompiler
import BundleFormat
import BundleReader
import Terminal

/// The records of a bundle as JSON, for people.
struct EntryDump {
  private let bundle: Bundle

  init(_ bundle: Bundle) { self.bundle = bundle }

  /// An entry, with its answer if asked for.
  func object(_ ordinal: UInt32, withAnswer: Bool) throws -> (object: JSONObject, answer: String?) {
    let record = try bundle.entry(ordinal)
    let text = try bundle.entryText(record)
    var object = JSONObject()
    object.add("ordinal", Int(ordinal))
    object.add("id", string(text.id))
    object.add("question", string(try bundle.questionText(record.canonicalQuestion)))
    if text.source.count > 0 { object.add("source", string(text.source)) }
    if record.validFrom != Int64.min { object.add("valid_from", Int(record.validFrom)) }
    if record.validUntil != Int64.max { object.add("valid_until", Int(record.validUntil)) }
    if let record = try bundle.freshness(ordinal) { add(EntryFreshness(record), to: &object) }
    if let route = bundle.routeName(record.route) { object.add("route", String(decoding: route, as: UTF8.self)) }
    if record.flags & EntryRecord.exactOnly != 0 { object.add("match", "exact") }
    if record.flags & EntryRecord.template != 0 { object.add("template", true) }
    var scope = JSONObject()
    var offset = 0
    while let pair = ScopeText.next(text.scope, &offset) { scope.add(string(pair.key), string(pair.value)) }
    if text.scope.count > 0 { object.add("scope", scope) }
    if text.usage.count > 0 { object.add("usage", raw: string(text.usage)) }
    object.add("answer_bytes", Int(record.answerLength))
    object.add("compressed_bytes", Int(record.frameLength))
    return (object, withAnswer ? try answer(ordinal, record) : nil)
  }

  private func add(_ freshness: EntryFreshness, to object: inout JSONObject) {
    if let cadence = freshness.cadence { object.add("cadence", Cadence.text(cadence)) }
    if let answered = freshness.answered { object.add("answered", Int(answered)) }
    if let due = freshness.due { object.add("due", Int(due)) }
    if let digest = freshness.sourceDigest { object.add("source_digest", digest) }
  }

  /// A stored question.
  func question(_ ordinal: UInt32) throws -> JSONObject {
    let record = try bundle.question(ordinal)
    var object = JSONObject()
    object.add("ordinal", Int(ordinal))
    object.add("question", string(try bundle.questionText(ordinal)))
    if record.isDistractor {
      object.add("distractor", Int(record.owner & ~QuestionRecord.distractorFlag))
    } else {
      object.add("entry", string(try bundle.entryText(try bundle.entry(record.owner)).id))
    }
    return object
  }

  private func answer(_ ordinal: UInt32, _ record: EntryRecord) throws -> String {
    String(decoding: try bundle.answer(of: ordinal), as: UTF8.self)
  }

  private func string(_ bytes: Bytes) -> String { String(decoding: bytes.copied, as: UTF8.self) }
}
