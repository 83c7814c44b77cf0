import BundleFormat
import BundleReader

extension HitCounts {
  /// Asks the bundle at `path`, a layer if there is a `base`, every query of the sample again. A mark counts only if the same entry still gives the same answer.
  ///
  /// - Parameter progress: Told how many queries have been asked.
  /// - Throws: `WriteError` if the bundle cannot be read.
  init(_ path: String, _ sample: MarkedHits, over base: Bundle?, progress: (Int) -> Void) throws {
    let bundle: Bundle
    do {
      bundle = try Bundle.open(path, over: base)
    } catch {
      throw WriteError("the bundle just written cannot be read: \(error); check the disk and report this")
    }
    let header = sample.header
    requests = header.requests
    hits = header.hits
    drawn = header.drawn
    marked = sample.markedDraws
    let isSame = try DecisionDigest.of(bundle) == header.decisions
    var session = QuerySession(bundle)
    for (index, hit) in sample.hits.enumerated() {
      if index % 64 == 0 { progress(index) }
      let count = hit.draws.count { $0 < marked }
      guard count > 0, let mark = hit.mark else { continue }
      let outcome = try Self.ask(hit.query, &session, header.now)
      guard outcome.kind != nil, let entry = outcome.entry else {
        withdrawn += count
        continue
      }
      let id = try bundle.entryText(try bundle.entry(entry)).id
      let answer = try bundle.answer(of: entry)
      let isEqual = id.copied == Array(hit.entry.utf8) && answer == Array(hit.answer.utf8)
      guard isEqual else {
        changed += count
        continue
      }
      switch mark {
      case .right: right += count
      case .wrong: wrong += count
      case .unsure: unsure += count
      }
      let score = LabelledScore(
        score: outcome.score ?? LabelledScore.exact, isRight: mark == .right, isAnswerable: true)
      scores += [LabelledScore](repeating: score, count: count)
    }
    guard !isSame else { return }
    var answered = 0
    for (index, fallback) in sample.fallbacks.enumerated() {
      if index % 256 == 0 { progress(sample.hits.count + index) }
      if try Self.ask(fallback.query, &session, header.now).kind != nil { answered += fallback.count }
    }
    fallbacks = (header.drawnFallbacks, answered)
  }

  private static func ask(_ query: String, _ session: inout QuerySession, _ now: Int64) throws -> Outcome {
    try Array(query.utf8).withBytes { try session.answer(Query(text: $0, now: now)) }
  }
}
