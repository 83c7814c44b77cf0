import BundleFormat

extension ReportPage {
  var outcomes: Markup {
    var table = ReportTable([
      .init(title: "outcome", isText: true), .init(title: "route", isText: true),
      .init(title: "questions", isExtra: true), .init(title: "requests"), .init(title: "of all"),
      .init(title: "", isBar: true),
    ])
    let all = report.ledger.all
    for (name, questions, requests) in [
      ("answered, equal to a stored question", report.exactQuestions, all.exact),
      ("answered, reworded", report.semanticQuestions, all.semantic),
    ] {
      table.add([
        "\(name)", "–", "\(ReportFigures.count(questions))", "\(ReportFigures.count(requests))",
        "\(PercentText.of(share(requests)))", ReportTable.bar(share(requests) ?? 0),
      ])
    }
    for fallback in report.fallbacks {
      let part = share(fallback.requests)
      table.add([
        "\(Self.meaning(fallback.reason)) <small>\("\(fallback.reason.name)")</small>", "\(fallback.route ?? "–")",
        "\(ReportFigures.count(fallback.questions))", "\(ReportFigures.count(fallback.requests))",
        "\(PercentText.of(part))", ReportTable.bar(part ?? 0),
      ])
    }
    return "<h2>Hits and fallbacks</h2>\n\(table.markup)"
  }

  private static func meaning(_ reason: FallbackReason) -> String {
    switch reason {
    case .noMatch: "nothing stored is near enough"
    case .ambiguous: "several answers are as near"
    case .guarded: "asks for something personal, live or done"
    case .distractor: "is not to be answered"
    case .needsContext: "cannot stand alone"
    case .severalQuestions: "several requests"
    case .scope: "stored for another scope"
    case .expired: "the answer expired"
    case .notYetValid: "the answer is not valid yet"
    case .missingVariable: "a value for the answer is missing"
    case .encoderMismatch: "a vector of another model"
    case .emptyQuery: "nothing was asked"
    case .queryTooLong: "too long"
    case .damaged: "the file is damaged"
    }
  }

  var misses: Markup? {
    guard !report.next.groups.isEmpty || !report.next.exclusions.isEmpty else { return nil }
    var parts: [Markup] = ["<h2>What is missed most</h2>"]
    if !report.next.groups.isEmpty {
      var table = ReportTable([
        .init(title: "question", isText: true), .init(title: "requests"), .init(title: "of all"),
        .init(title: "reason", isText: true, isExtra: true),
        .init(title: "nearest stored question", isText: true, isExtra: true),
      ])
      for group in report.next.groups.prefix(shown) {
        let route = group.fate.route.map { " → \($0)" } ?? ""
        table.add([
          "\(group.question)\(wordings(group))", "\(ReportFigures.count(group.requests))",
          "\(PercentText.of(share(group.requests)))",
          "\("\(group.fate.reason.map { "\($0.name)" } ?? "")")\(route)", "\(report.nearest(group) ?? "–")",
        ])
      }
      parts.append(
        """
        <p class="quiet">Questions grouped by what one answer would serve, as <code>almanac plan</code> groups them; the most \
        useful next answer first.</p>
        """)
      parts.append(table.markup)
    }
    if !report.next.exclusions.isEmpty {
      var table = ReportTable([
        .init(title: "why", isText: true), .init(title: "questions", isExtra: true), .init(title: "requests"),
        .init(title: "examples", isText: true),
      ])
      for exclusion in report.next.exclusions {
        table.add([
          "\(exclusion.reason)", "\(ReportFigures.count(exclusion.questions))",
          "\(ReportFigures.count(exclusion.requests))", "\(exclusion.examples.joined(separator: " · "))",
        ])
      }
      parts.append("<h3>Missed, and not to be answered in advance</h3>")
      parts.append(table.markup)
    }
    return Markup(parts)
  }

  private func wordings(_ group: NextAnswers.Group) -> Markup {
    guard !group.wordings.isEmpty else { return "" }
    let more = group.wordingCount - 1 - group.wordings.count
    return "<small>\(group.wordings.joined(separator: " · "))\(more > 0 ? " and \(more) more" : "")</small>"
  }

  var stale: Markup {
    guard !report.stale.items.isEmpty else {
      return """
        <h2>Stale answers</h2>
        <p>None has expired, and none expires within \(ReportFigures.plain(report.options.horizon)) days.</p>
        """
    }
    var table = ReportTable([
      .init(title: "entry", isText: true), .init(title: "state", isText: true), .init(title: "date"),
      .init(title: "requests"),
    ])
    for item in report.stale.items.prefix(shown) {
      table.add([
        "\(item.question)<small>\(item.id)</small>", "\(item.state.rawValue)", "\(CalendarPeriod.day(item.time))",
        "\(ReportFigures.count(item.requests))",
      ])
    }
    let more = report.stale.items.count - shown
    let rest: Markup = more > 0 ? "<p class=\"quiet\">And \(ReportFigures.count(more)) more.</p>" : ""
    return """
      <h2>Stale answers</h2>
      <p>\(ReportFigures.count(report.stale.count(.expired))) expired, \(ReportFigures.count(report.stale.count(.due))) expire \
      within \(ReportFigures.plain(report.options.horizon)) days, \(ReportFigures.count(report.stale.count(.notYetValid))) are not \
      valid yet. The most asked first.</p>
      \(table.markup)
      \(rest)
      """
  }
}
