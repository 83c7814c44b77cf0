extension ReportPage {
  var cost: Markup? {
    guard let cost = report.cost else { return nil }
    let table = cost.pricing.table
    let currency = table.currency
    var rows = ReportTable([
      .init(title: "live model", isText: true), .init(title: "before"), .init(title: "after"), .init(title: "saved"),
      .init(title: "", isBar: true),
    ])
    for line in cost.lines {
      let origin = [line.basis, line.date.map { "as of \($0)" }, line.source].compactMap { $0 }.joined(separator: "; ")
      rows.add([
        "\(line.name)<small>\(origin)</small>", "\(ReportFigures.money(line.before, currency))",
        "\(ReportFigures.money(line.after, currency))", "\(PercentText.of(line.saved))",
        ReportTable.bar(line.saved ?? 0),
      ])
    }
    let note: Markup = table.note.map { "<p class=\"warn\">\($0)</p>" } ?? ""
    let perDay = cost.savedPerDay.map { ", \(ReportFigures.money($0, currency)) a day" } ?? ""
    return """
      <h2>Cost before and after</h2>
      <p>Prices of \(table.name), as of \(table.date).</p>
      \(note)
      \(rows.markup)
      <p>With \(answering) the bundle saves \
      \(ReportFigures.money(cost.present.before - cost.present.after, currency)) on this log\(perDay). Making its answers costs \
      \(ReportFigures.money(cost.making, currency)) once, with \(table.models[table.batch].name) in batches\(reviewed)\
      \(estimated).</p>
      <p class="quiet">Tokens of a request: \(tokens). Running the bundle is not counted.</p>
      """
  }

  private var answering: String {
    guard let cost = report.cost else { return "" }
    return cost.pricing.table.routes.isEmpty ? cost.present.name : "routes as in the table"
  }

  private var reviewed: String {
    guard let table = report.cost?.pricing.table, table.review > 0 else { return "" }
    return " and \(ReportFigures.money(table.review, table.currency)) for a person's check of each"
  }

  private var estimated: String {
    guard let cost = report.cost, cost.estimatedEntries > 0 else { return "" }
    return
      " (\(ReportFigures.count(cost.estimatedEntries)) answers do not state their tokens: four bytes of answer count as one)"
  }

  private var tokens: String {
    guard let pricing = report.cost?.pricing else { return "" }
    let assumed = "\(ReportFigures.plain(pricing.assumed.input)) in, \(ReportFigures.plain(pricing.assumed.output)) out"
    if pricing.statedShare >= 1 { return "as the log states them, on average \(assumed)" }
    if pricing.statedShare > 0 {
      return
        "as the log states them for \(PercentText.of(pricing.statedShare)) of requests, their mean for the others (\(assumed))"
    }
    return "an estimate of the price table, \(assumed), since the log has none"
  }

  var latencyAndEnergy: Markup? {
    guard report.latency != nil || report.energy != nil else { return nil }
    return Markup([latencyMarkup, energyMarkup].compactMap { $0 })
  }

  private var latencyMarkup: Markup? {
    guard let latency = report.latency else { return nil }
    var table = ReportTable([
      .init(title: "", isText: true), .init(title: "mean"), .init(title: "half within"), .init(title: "95 % within"),
      .init(title: "99 % within"),
    ])
    func text(_ microseconds: Double?) -> Markup { "\(microseconds.map(ReportFigures.duration) ?? "–")" }
    if let live = latency.live {
      let isLogged = report.options.liveMilliseconds == nil
      table.add(
        ["a live answer, before"] + [text(live * 1_000)]
          + ReaderLatency.shares.map { share in
            text(isLogged ? report.ledger.latency.quantile(share).map { $0 * 1_000 } : nil)
          })
    }
    if let reader = report.reader {
      table.add(
        ["the bundle's reader"] + [text(reader.mean)]
          + ReaderLatency.shares.map { share in text(reader.quantile(share)) })
    }
    if let after = latency.after {
      table.add(
        ["with the bundle in front, after", text(after * 1_000)] + ReaderLatency.shares.map { text(quantileAfter($0)) })
    }
    let source = report.reader.map { "\(ReportFigures.count($0.count)) requests in \($0.name), measured by the reader" }
    let live =
      report.options.liveMilliseconds != nil
      ? "The latency of a live answer was given, not measured."
      : report.ledger.latency.count > 0
        ? "Live latency is the log's own, for \(ReportFigures.count(report.ledger.latency.count)) requests." : ""
    return """
      <h2>Latency before and after</h2>
      \(table.markup)
      <p class="quiet">\(source.map { $0 + ". " } ?? "")\(live) Of all requests, those that are answered take the reader's time, \
      the others the live model's as well.</p>
      """
  }

  // Hits are faster than any live answer, so the quickest part of all requests is theirs. What the reader adds to a live answer
  // does not show.
  private func quantileAfter(_ share: Double) -> Double? {
    guard let coverage = report.ledger.all.coverage else { return nil }
    if coverage > 0, share <= coverage { return report.reader?.quantile(share / coverage) }
    let live = report.options.liveMilliseconds ?? report.ledger.latency.quantile((share - coverage) / (1 - coverage))
    return live.map { $0 * 1_000 }
  }

  private var energyMarkup: Markup? {
    guard let energy = report.energy else { return nil }
    let saved = energy.before > 0 ? (energy.before - energy.after) / energy.before : nil
    return """
      <h2>Energy</h2>
      <p>\(ReportFigures.count(energy.before)) Wh before, \(ReportFigures.count(energy.after)) Wh after: \
      \(PercentText.of(saved)) less, at \(ReportFigures.plain(report.options.liveEnergy ?? 0)) Wh for a live answer\
      \(report.options.requestEnergy.map { " and \(ReportFigures.plain($0)) Wh for a request to the bundle" } ?? ", the bundle itself not counted"). \
      These figures were given, not measured.</p>
      """
  }

  var method: Markup {
    let ledger = report.ledger
    let first: Markup = report.firstMalformed.map { "; the first: <code>\($0)</code>" } ?? ""
    return """
      <h2>How this was counted</h2>
      <p>\(ReportFigures.count(report.rows)) rows: \(ReportFigures.count(ledger.usedRows)) used, \
      \(ReportFigures.count(ledger.malformedRows)) without a usable query\(first), \
      \(ReportFigures.count(ledger.forgottenRows)) of rare questions that were forgotten to bound memory. Each different \
      question was asked once\(report.asOf.map { ", as of " + CalendarPeriod.day($0) } ?? ""); requests are the sum of the log's counts. Whether an answer \
      was right is known for labelled queries only. Texts with personal data are shown with digits and addresses masked; names \
      have no form by which to find them.</p>
      """
  }
}
