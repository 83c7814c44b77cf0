import BundleCompiler
import BundleFormat
import BundleReader

/// Asks current bundles every question of a log: what they answer need not be planned.
struct QuestionReplay {
  /// What became of a question.
  enum Fate: Equatable {
    case answered
    case fallback(FallbackReason, route: String?, near: [NearEntry])
  }

  /// An entry of a bundle that a question which fell back may have meant.
  struct NearEntry: Equatable {
    let entry: String
    /// Its wording that is nearest, and the cosine of the two.
    let question: String
    let similarity: Double
  }

  let bundles: [Bundle]
  /// In seconds since 1970.
  let now: Int64

  /// The fate of each question; the best of all bundles. On all cores.
  ///
  /// - Parameter progress: Told by several threads how many more are done.
  func fates(_ questions: [LogTally.Question], progress: @Sendable (Int) -> Void) -> [Fate] {
    guard !bundles.isEmpty else { return questions.map { _ in .fallback(.noMatch, route: nil, near: []) } }
    let fates = SharedArray<Fate>(count: questions.count, .fallback(.noMatch, route: nil, near: []))
    let blocks = ranges(of: questions.count, size: 1_024)
    inParallel(blocks.count) { block in
      for (order, bundle) in bundles.enumerated() {
        var session = QuerySession(bundle)
        for place in blocks[block] where fates[place] != .answered {
          let fate = ask(questions[place].text, &session)
          // A never-class of one bundle says more than that another has nothing near.
          if order == 0 || fate == .answered || Self.saysMore(fate, than: fates[place]) { fates[place] = fate }
        }
      }
      progress(blocks[block].count)
    }
    return fates.array
  }

  private static func saysMore(_ fate: Fate, than other: Fate) -> Bool {
    guard case .fallback(.noMatch, _, let otherNear) = other else { return false }
    if case .fallback(.noMatch, _, let near) = fate { return otherNear.isEmpty && !near.isEmpty }
    return true
  }

  private func ask(_ text: String, _ session: inout QuerySession) -> Fate {
    let outcome = try? Array(text.utf8).withBytes { try session.answer(Query(text: $0, now: now)) }
    guard let outcome else { return .fallback(.noMatch, route: nil, near: []) }
    guard let reason = outcome.reason else { return .answered }
    let near = reason == .noMatch || reason == .ambiguous ? (try? Self.near(session)) ?? [] : []
    return .fallback(
      reason, route: session.bundle.routeName(outcome.route).map { String(decoding: $0, as: UTF8.self) }, near: near)
  }

  // What the reader would suggest to a person: the same entries are what a person may accept the wording for.
  private static func near(_ session: borrowing QuerySession) throws -> [NearEntry] {
    let bundle = session.bundle
    return try session.suggestions.compactMap { candidate in
      let record = try bundle.entry(candidate.owner)
      guard record.flags & EntryRecord.exactOnly == 0 else { return nil }
      return NearEntry(
        entry: String(decoding: try bundle.entryText(record).id.copied, as: UTF8.self),
        question: String(decoding: try bundle.questionText(candidate.question).copied, as: UTF8.self),
        similarity: Double(candidate.similarity) / Double(Cosine.one))
    }
  }
}
