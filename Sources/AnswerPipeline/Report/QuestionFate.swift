import BundleCompiler
import BundleFormat
import BundleReader

/// What a bundle says to one question of a log.
struct QuestionFate: Equatable, Sendable {
  /// How it was answered; `nil` for a fallback.
  var kind: MatchKind?
  /// Why it was not answered.
  var reason: FallbackReason?
  /// Where a fallback is sent; `nil` if the bundle does not say.
  var route: String?
  /// The entry that answers, would answer at another time, or is the nearest; `nil` if none is near.
  var entry: UInt32?

  /// Whether the bundle answers.
  var isHit: Bool { kind != nil }

  /// Asks `bundle` each of `texts` once, on all cores. The order of the fates is that of the texts.
  ///
  /// - Parameters:
  ///   - now: The time at which answers must be valid, in seconds since 1970.
  ///   - progress: Told by several threads how many more are done.
  static func all(
    _ texts: [String], of bundle: Bundle, now: Int64, progress: @Sendable (Int) -> Void
  ) -> [QuestionFate] {
    let fates = SharedArray<QuestionFate>(count: texts.count, QuestionFate())
    let blocks = ranges(of: texts.count, size: 1_024)
    inParallel(blocks.count) { block in
      var session = QuerySession(bundle)
      for place in blocks[block] { fates[place] = ask(texts[place], &session, now) }
      progress(blocks[block].count)
    }
    return fates.array
  }

  private static func ask(_ text: String, _ session: inout QuerySession, _ now: Int64) -> QuestionFate {
    // What a session refuses outright is too long or no text: the log's reader has left such rows out.
    guard let outcome = try? Array(text.utf8).withBytes({ try session.answer(Query(text: $0, now: now)) }) else {
      return QuestionFate(reason: .queryTooLong)
    }
    guard let reason = outcome.reason else { return QuestionFate(kind: outcome.kind, entry: outcome.entry) }
    let route = session.bundle.routeName(outcome.route).map { String(decoding: $0, as: UTF8.self) }
    return QuestionFate(reason: reason, route: route, entry: outcome.entry ?? session.suggestions.first?.owner)
  }
}
