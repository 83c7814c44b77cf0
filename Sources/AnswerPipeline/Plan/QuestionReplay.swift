import BundleCompiler
import BundleFormat
import BundleReader

/// Asks current bundles every question of a log: what they answer need not be planned.
struct QuestionReplay {
  /// What became of a question.
  enum Fate: Equatable {
    case answered
    case fallback(FallbackReason, route: String?)
  }

  let bundles: [Bundle]
  /// In seconds since 1970.
  let now: Int64

  /// The fate of each question; the best of all bundles. On all cores.
  ///
  /// - Parameter progress: Told by several threads how many more are done.
  func fates(_ questions: [LogTally.Question], progress: @Sendable (Int) -> Void) -> [Fate] {
    guard !bundles.isEmpty else { return questions.map { _ in .fallback(.noMatch, route: nil) } }
    let fates = SharedArray<Fate>(count: questions.count, .fallback(.noMatch, route: nil))
    let blocks = ranges(of: questions.count, size: 1_024)
    inParallel(blocks.count) { block in
      for (order, bundle) in bundles.enumerated() {
        var session = QuerySession(bundle)
        for place in blocks[block] where fates[place] != .answered {
          let fate = ask(questions[place].text, &session)
          // A never-class of one bundle says more than that another has nothing near.
          if order == 0 || fate == .answered || isPlain(fates[place]) { fates[place] = fate }
        }
      }
      progress(blocks[block].count)
    }
    return fates.array
  }

  private func isPlain(_ fate: Fate) -> Bool {
    if case .fallback(.noMatch, _) = fate { return true }
    return false
  }

  private func ask(_ text: String, _ session: inout QuerySession) -> Fate {
    let outcome = try? Array(text.utf8).withBytes { try session.answer(Query(text: $0, now: now)) }
    guard let outcome else { return .fallback(.noMatch, route: nil) }
    guard let reason = outcome.reason else { return .answered }
    return .fallback(reason, route: session.bundle.routeName(outcome.route).map { String(decoding: $0, as: UTF8.self) })
  }
}
