/// One entry of a compile: everything but its answer, which stays in its file until it is written.
///
/// What most entries do not have lies in memory of its own, so that millions of plain ones stay small.
struct EntryInput: Equatable, Sendable {
  /// The id: 1 to 512 bytes, no control characters, unique among entries by its bytes.
  let id: String
  /// Where the answer is.
  let answer: AnswerLocation
  /// The ordinal of the entry that answers this one's questions too; `nil` unless the recipe merges them.
  var mergedInto: UInt32? = nil
  /// Whether only queries equal to one of the entry's questions are answered.
  let isExactOnly: Bool
  /// Whether the answer is a template.
  let isTemplate: Bool
  private let details: EntryDetails?

  init(
    id: String, source: String?, route: String?, validFrom: Int64?, validUntil: Int64?, scope: [ScopePair],
    isExactOnly: Bool, isTemplate: Bool = false, usage: String?, freshness: EntryFreshness = EntryFreshness(),
    answer: AnswerLocation
  ) {
    self.id = id
    self.answer = answer
    self.isExactOnly = isExactOnly
    self.isTemplate = isTemplate
    let isPlain =
      source == nil && route == nil && validFrom == nil && validUntil == nil && scope.isEmpty && usage == nil
      && freshness.isEmpty
    details =
      isPlain
      ? nil
      : EntryDetails(
        source: source, route: route, validFrom: validFrom, validUntil: validUntil, scope: scope, usage: usage,
        freshness: freshness)
  }

  /// Where the answer comes from, as its author wrote it.
  var source: String? { details?.source }
  /// The route of a fallback near this entry.
  var route: String? { details?.route }
  /// The first second since 1970 at which the answer is valid; `nil` for always.
  var validFrom: Int64? { details?.validFrom }
  /// The first second since 1970 at which it no longer is, after `validFrom`; `nil` for never.
  var validUntil: Int64? { details?.validUntil }
  /// What the answer is valid for, in the order of the keys' bytes.
  var scope: [ScopePair] { details?.scope ?? [] }
  /// What the answer cost to make: the object as compact JSON, its keys in the author's order.
  var usage: String? { details?.usage }
  /// When the answer was made, from what, and when it is due to be made anew.
  var freshness: EntryFreshness { details?.freshness ?? EntryFreshness() }
}

/// What an entry may have besides its id and answer.
private final class EntryDetails: Equatable, Sendable {
  let source: String?
  let route: String?
  let validFrom: Int64?
  let validUntil: Int64?
  let scope: [ScopePair]
  let usage: String?
  let freshness: EntryFreshness

  init(
    source: String?, route: String?, validFrom: Int64?, validUntil: Int64?, scope: [ScopePair], usage: String?,
    freshness: EntryFreshness
  ) {
    self.freshness = freshness
    self.source = source
    self.route = route
    self.validFrom = validFrom
    self.validUntil = validUntil
    self.scope = scope
    self.usage = usage
  }

  static func == (left: EntryDetails, right: EntryDetails) -> Bool {
    left.source == right.source && left.route == right.route && left.validFrom == right.validFrom
      && left.validUntil == right.validUntil && left.scope == right.scope && left.usage == right.usage
      && left.freshness == right.freshness
  }
}

/// One key of a scope with its value as text.
///
/// Numbers stand as the shortest decimal that reads back the same (whole ones without a point), `true` and `false` as
/// those words, so that `{"version":2}` and `{"version":"2"}` are the same scope.
struct ScopePair: Equatable, Sendable {
  let key: String
  let value: String
}

/// Where the line of an entry is, from which `AnswerReader` reads the answer again.
struct AnswerLocation: Equatable, Sendable {
  /// The index of the file among `Recipe.entries`.
  let file: UInt32
  /// The line's number in that file, counted from 1.
  let line: UInt32
  /// Where the line begins, in bytes.
  let offset: UInt64
  /// The length of the line in bytes, without its end.
  let length: UInt32
  /// The length of the answer in bytes of UTF-8.
  let answerLength: UInt32
  /// `LineChecksum` of the line.
  let checksum: UInt64
}
