import BundleFormat

extension ReplyWriter {
  /// Writes the way of a query: what it became, what it was compared with, and what decided.
  ///
  /// Texts that cannot be read because of damage are `null`: an explanation never changes the reply it explains.
  mutating func explain(_ outcome: Outcome, of query: Query, _ session: borrowing QuerySession) {
    let bundle = session.bundle
    buffer.key("explain")
    buffer.write("{")
    buffer.key("normal_form")
    buffer.string(session.normalForm)
    rules(outcome, session)
    buffer.key("corrections")
    corrections(session)
    buffer.key("known_share")
    if let share = session.knownShare { buffer.cosine(share) } else { buffer.write("null") }
    buffer.key("pieces")
    pieces(session)
    buffer.key("candidates")
    candidates(session)
    buffer.key("evidence")
    evidence(session)
    let isCompared = outcome.score != nil || outcome.kind == .exact
    buffer.key("similarity")
    if isCompared { buffer.cosine(outcome.similarity) } else { buffer.write("null") }
    buffer.key("margin")
    if outcome.score != nil { buffer.cosine(outcome.margin) } else { buffer.write("null") }
    buffer.key("score")
    if let score = outcome.score { buffer.integer(score) } else { buffer.write("null") }
    buffer.key("threshold")
    let threshold = bundle.decision.threshold(mode: session.mode)
    if threshold == DecisionParameters.never { buffer.write("null") } else { buffer.integer(threshold) }
    buffer.key("lists")
    buffer.integer(UInt64(max(session.searchWork.lists, 0)))
    buffer.key("rows")
    buffer.integer(UInt64(max(session.searchWork.rows, 0)))
    buffer.key("evidence_level")
    buffer.string(Bytes(bundle.decision.level(mode: session.mode).name))
    buffer.key("bundle_version")
    buffer.integer(bundle.footer.bundleVersion)
    buffer.key("model")
    bundle.encoder.model.withBytes { buffer.string($0) }
    buffer.write("}")
  }

  private mutating func rules(_ outcome: Outcome, _ session: borrowing QuerySession) {
    buffer.key("courtesy")
    buffer.write("[")
    for index in 0..<session.cutCount {
      buffer.element()
      buffer.string(session.cut(index))
    }
    buffer.write("]")
    buffer.key("classes")
    buffer.write("[")
    for index in 0..<RuleClasses.count {
      let shown = RuleClasses(rawValue: 1 << UInt8(index))
      guard session.shownClasses.contains(shown) else { continue }
      buffer.element()
      buffer.write("{")
      buffer.key("class")
      buffer.string(Bytes(RuleClasses.name(index)))
      buffer.key("words")
      buffer.string(session.words(showing: index))
      buffer.key("bars")
      buffer.write(outcome.barred.contains(shown) ? "true" : "false")
      buffer.write("}")
    }
    buffer.write("]")
  }

  private mutating func corrections(_ session: borrowing QuerySession) {
    buffer.write("[")
    for index in 0..<session.correctionCount {
      guard let correction = session.correction(index) else { continue }
      buffer.element()
      buffer.write("{")
      buffer.key("typed")
      buffer.string(correction.typed)
      buffer.key("meant")
      buffer.string(correction.meant)
      buffer.write("}")
    }
    buffer.write("]")
  }

  private mutating func pieces(_ session: borrowing QuerySession) {
    buffer.write("[")
    for index in 0..<session.pieceCount {
      buffer.element()
      do throws(BundleError) {
        let piece = try session.piece(index)
        // A piece inside a word is marked as WordPiece vocabularies mark it.
        buffer.write(piece.isStart ? "\"" : "\"##")
        buffer.stringPart(piece.text)
        buffer.write("\"")
      } catch {
        buffer.write("null")
      }
    }
    buffer.write("]")
  }

  private mutating func candidates(_ session: borrowing QuerySession) {
    buffer.write("[")
    for index in 0..<min(session.candidateCount, ReaderProtocol.maximumExplained) {
      buffer.element()
      do throws(BundleError) {
        let candidate = try session.candidate(index)
        let text = try session.bundle.matchedText(candidate.question)
        // Whatever may fail comes before the first byte is written.
        let veto = try session.veto(index)
        buffer.write("{")
        if let entry = text.entry {
          buffer.key("entry")
          buffer.string(entry)
        } else if let reason = text.reason {
          buffer.key("distractor")
          buffer.string(Bytes(reason.name))
        }
        buffer.key("question")
        buffer.string(text.question)
        buffer.key("similarity")
        buffer.cosine(candidate.similarity)
        if let veto {
          buffer.key("veto")
          buffer.string(Bytes(veto.name))
        }
        buffer.write("}")
      } catch {
        buffer.write("null")
      }
    }
    buffer.write("]")
  }

  // The entries that the judge weighed, in the order in which it looked at them.
  private mutating func evidence(_ session: borrowing QuerySession) {
    buffer.write("[")
    for place in 0..<session.weighedCount {
      buffer.element()
      do throws(BundleError) {
        let text = try session.bundle.matchedText(session.weighedCandidate(place).question)
        buffer.write("{")
        if let entry = text.entry {
          buffer.key("entry")
          buffer.string(entry)
        } else if let reason = text.reason {
          buffer.key("distractor")
          buffer.string(Bytes(reason.name))
        }
        buffer.key("question")
        buffer.string(text.question)
        buffer.key("score")
        if let score = session.weighedScore(place) { buffer.integer(score) } else { buffer.write("null") }
        for feature in Evidence.allCases {
          buffer.key(feature.name)
          buffer.integer(Int64(session.evidence(place, feature)))
        }
        buffer.write("}")
      } catch {
        buffer.write("null")
      }
    }
    buffer.write("]")
  }
}
