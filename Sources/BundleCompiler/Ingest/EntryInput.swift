/// One entry of a compile: everything but its answer, which stays in its file until it is written.
struct EntryInput: Equatable, Sendable {
  /// The id: 1 to 512 bytes, no control characters, unique among entries by its bytes.
  let id: String
  /// Where the answer comes from, as its author wrote it.
  let source: String?
  /// The route of a fallback near this entry.
  let route: String?
  /// The first second since 1970 at which the answer is valid; `nil` for always.
  let validFrom: Int64?
  /// The first second since 1970 at which it no longer is, after `validFrom`; `nil` for never.
  let validUntil: Int64?
  /// What the answer is valid for, in the order of the keys' bytes.
  let scope: [ScopePair]
  /// Whether only queries equal to one of the entry's questions are answered.
  let isExactOnly: Bool
  /// What the answer cost to make: the object as compact JSON, its keys in the author's order.
  let usage: String?
  /// Where the answer is.
  let answer: AnswerLocation
  /// The ordinal of the entry that answers this one's questions too; `nil` unless the recipe merges them.
  var mergedInto: UInt32? = nil
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
