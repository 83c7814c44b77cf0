import BundleCompiler
import BundleFormat

extension TrafficReport {
  /// Everything as one line of JSON. Shares are 0…1; those of nothing are null. Requests are sums of the logs' counts.
  public var json: String {
    JSONValue.members(
      ("bundle", bundleJSON), ("as_of", asOf.map { .string(CalendarPeriod.day($0)) }),
      ("logs", .array(logs.map { .string($0) })),
      ("lines", linesJSON), ("requests", counts(ledger.all)), ("period", periodUnit.map { .string($0.rawValue) }),
      (
        "periods",
        .array(periods.map { named("start", .string($0.name), $0.counts) })
      ),
      ("untimed", periods.isEmpty ? nil : counts(ledger.untimed)),
      ("topics", .array(topics.map { named("topic", $0.name.map { .string($0) } ?? .null, $0.counts) })),
      ("fallbacks", .array(fallbacks.map(fallbackJSON))), ("misses", .array(next.groups.map(missJSON))),
      ("excluded", .array(next.exclusions.map(exclusionJSON))), ("growth", growthJSON),
      ("stale", .array(stale.items.map(staleJSON))), ("check", check.map(checkJSON)), ("cost", cost.map(costJSON)),
      ("latency", latencyJSON), ("energy", energyJSON)
    ).compactText
  }

  private var bundleJSON: JSONValue {
    .members(
      ("name", .string(name)), ("version", .integer(Int64(clamping: version))), ("root", .string(root)),
      ("level", .string(level)), ("entries", .integer(Int64(contents.entries.count))),
      ("questions", .integer(Int64(questionCount))), ("bytes", .integer(Int64(contents.bytes))))
  }

  private var linesJSON: JSONValue {
    .members(
      ("rows", .integer(Int64(rows))), ("used", .integer(Int64(ledger.usedRows))),
      ("malformed", .integer(Int64(ledger.malformedRows))), ("forgotten", .integer(Int64(ledger.forgottenRows))),
      ("first_malformed", firstMalformed.map { .string($0) }), ("questions", .integer(Int64(differentQuestions))))
  }

  private func counts(_ counts: TrafficLedger.Counts) -> JSONValue { .object(members(counts)) }

  private func named(_ key: String, _ name: JSONValue, _ counts: TrafficLedger.Counts) -> JSONValue {
    .object([JSONMember(key: key, value: name)] + members(counts))
  }

  private func members(_ counts: TrafficLedger.Counts) -> [JSONMember] {
    [
      JSONMember(key: "requests", value: number(counts.requests)),
      JSONMember(key: "exact", value: number(counts.exact)),
      JSONMember(key: "semantic", value: number(counts.semantic)),
      JSONMember(key: "fallback", value: number(counts.fallback)),
      JSONMember(key: "coverage", value: counts.coverage.map { number($0) } ?? .null),
    ]
  }

  private func fallbackJSON(_ fallback: Fallback) -> JSONValue {
    .members(
      ("reason", .string("\(fallback.reason.name)")), ("route", fallback.route.map { .string($0) }),
      ("questions", .integer(Int64(fallback.questions))), ("requests", number(fallback.requests)))
  }

  private func missJSON(_ group: NextAnswers.Group) -> JSONValue {
    .members(
      ("question", .string(group.question)), ("wordings", .array(group.wordings.map { .string($0) })),
      ("wording_count", .integer(Int64(group.wordingCount))), ("requests", number(group.requests)),
      ("gain", number(group.gain)), ("reason", group.fate.reason.map { .string("\($0.name)") }),
      ("route", group.fate.route.map { .string($0) }), ("nearest", nearest(group).map { .string($0) }))
  }

  private func exclusionJSON(_ exclusion: NextAnswers.Exclusion) -> JSONValue {
    .members(
      ("reason", .string(exclusion.reason)), ("questions", .integer(Int64(exclusion.questions))),
      ("requests", number(exclusion.requests)), ("examples", .array(exclusion.examples.map { .string($0) })))
  }

  private var growthJSON: JSONValue {
    .members(
      ("present", .integer(Int64(growth.present))), ("unused", .integer(Int64(growth.unused))),
      ("next", .integer(Int64(next.groups.count))), ("paying", growth.paying.map { .integer(Int64($0)) }),
      ("horizon_days", growth.horizon.map { number($0) }),
      (
        "points",
        .array(
          growth.milestones.map { point in
            .members(
              ("answers", .integer(Int64(point.answers))), ("bytes", number(point.bytes.rounded())),
              ("spend", point.spend.map { number($0) }), ("coverage", number(growth.coverage(point))))
          })
      ))
  }

  private func staleJSON(_ item: StaleEntries.Item) -> JSONValue {
    .members(
      ("state", .string(item.state.rawValue)), ("entry", .string(item.id)), ("time", .integer(item.time)),
      ("requests", number(item.requests)))
  }

  private func checkJSON(_ check: CheckReport) -> JSONValue {
    .members(
      ("queries", .integer(Int64(check.counts.requests))), ("right", .integer(Int64(check.counts.right))),
      ("wrong", .integer(Int64(check.counts.wrong))), ("missed", .integer(Int64(check.counts.missed))),
      ("correct_fallbacks", .integer(Int64(check.counts.refused))),
      (
        "curve",
        .array(
          RiskCoverageCurve.budgets.map { budget in
            let served = check.curve.point(wrongWithin: budget).flatMap(check.curve.served)
            return .members(
              ("max_wrong", .number(Double(budget) / 1_000_000)), ("served", served.map { number($0) } ?? .null))
          })
      ))
  }

  private func costJSON(_ cost: CostReport) -> JSONValue {
    let table = cost.pricing.table
    return .members(
      ("table", .string(table.name)), ("table_date", .string(table.date)), ("currency", .string(table.currency)),
      ("input_tokens", number(cost.pricing.assumed.input)), ("output_tokens", number(cost.pricing.assumed.output)),
      ("tokens_stated_share", number(cost.pricing.statedShare)),
      (
        "models",
        .array(
          cost.lines.map { line in
            .members(
              ("name", .string(line.name)), ("before", number(line.before)), ("after", number(line.after)),
              ("saved_share", line.saved.map { number($0) } ?? .null))
          })
      ),
      ("present", .string(cost.present.name)), ("saved_per_day", cost.savedPerDay.map { number($0) }),
      ("making", number(cost.making)), ("making_estimated_entries", .integer(Int64(cost.estimatedEntries))))
  }

  private var latencyJSON: JSONValue? {
    guard let latency else { return nil }
    return .members(
      ("live_mean_ms", latency.live.map { number($0) }), ("reader_mean_us", latency.reader.map { number($0) }),
      ("after_mean_ms", latency.after.map { number($0) }),
      (
        "reader_quantiles_us",
        reader.map { reader in
          .object(
            ReaderLatency.shares.map { share in
              JSONMember(key: ReportFigures.plain(share), value: reader.quantile(share).map { number($0) } ?? .null)
            })
        }
      ))
  }

  private var energyJSON: JSONValue? {
    energy.map { energy in
      .members(("before_wh", number(energy.before)), ("after_wh", number(energy.after)))
    }
  }

  // Whole numbers as such, others to nine significant digits: sums of parts have noise beyond that.
  private func number(_ value: Double) -> JSONValue {
    if let whole = Int64(exactly: value) { return .integer(whole) }
    guard value.isFinite, value != 0 else { return .null }
    var factor = 1.0
    while abs(value) * factor < 1e8, factor < 1e15 { factor *= 10 }
    return .number((value * factor).rounded() / factor)
  }
}

extension TrafficReport {
  /// The question of the entry that is nearest to a missed one; `nil` if none is near.
  func nearest(_ group: NextAnswers.Group) -> String? {
    group.fate.entry.flatMap { Int($0) < contents.entries.count ? contents.entries[Int($0)].question : nil }
  }

  /// Mean latencies: a live answer in milliseconds, a request to the bundle in microseconds, and a request with the bundle in
  /// front of the live model in milliseconds. `nil` if nothing is known.
  var latency: (live: Double?, reader: Double?, after: Double?)? {
    let live = options.liveMilliseconds ?? ledger.latency.mean
    guard live != nil || reader != nil else { return nil }
    let after = live.flatMap { live in
      reader.flatMap { reader in
        ledger.all.coverage.map { coverage in reader.mean / 1_000 + (1 - coverage) * live }
      }
    }
    return (live, reader?.mean, after)
  }

  /// Watt-hours for all requests, without the bundle and with it; `nil` if none are given.
  var energy: (before: Double, after: Double)? {
    options.liveEnergy.map { live in
      (requests * live, (requests - hits) * live + requests * (options.requestEnergy ?? 0))
    }
  }
}
