import AnswerPipeline
import Terminal

/// What an audit of routes found, for people and for programs.
struct RoutesSummary {
  private let audit: RouteAudit
  private let confidence: Double

  init(_ audit: RouteAudit, confidence: Double) {
    self.audit = audit
    self.confidence = confidence
  }

  var text: String {
    var table = TextTable()
    table.add("examples", Figures.count(audit.examples))
    if audit.malformed > 0 { table.add("rows passed over", Figures.count(audit.malformed)) }
    table.add("answered by the bundle", Figures.count(audit.hits))
    table.add("fallbacks", Figures.count(audit.fallbacks.count))
    if audit.unnamed > 0 { table.add("  without a route", Figures.count(audit.unnamed)) }
    var text = table.text + "\n"
    if let error = audit.firstMalformed { text += "  first row passed over: \(error)\n" }
    guard !audit.fallbacks.isEmpty else { return text + "\n  nothing fell back, so there is nothing to route" }

    var shares = TextTable()
    shares.add("of the fallbacks", "share", "\(Figures.percent(confidence, places: 0)) interval", "examples")
    for (name, share) in [
      ("a cheaper tier than \(audit.tiers.last ?? "") suffices", audit.couldBeCheaper),
      ("routed to a cheaper tier, rightly", audit.rightlyCheaper),
      ("too cheap: the tier does not suffice", audit.tooCheap), ("too dear: a cheaper tier suffices", audit.tooDear),
    ] {
      let interval = "\(Figures.percent(share.low)) … \(Figures.percent(share.high))"
      shares.add(name, Figures.percent(share.value ?? 0), interval, "\(share.count) of \(share.sample)")
    }
    text += "\n" + shares.text + "\n\n  routed to (down), cheapest sufficient (across)\n" + matrix
    if let cost = audit.cost {
      var costs = TextTable()
      costs.add("cost of 1,000 fallbacks", cost.currency)
      costs.add("all to \(audit.tiers.last ?? "")", Figures.decimal(cost.dearest, 4))
      costs.add("by the bundle's routes, mistakes asked again", Figures.decimal(cost.policy, 4))
      costs.add("each to its cheapest sufficient tier", Figures.decimal(cost.ideal, 4))
      text +=
        "\n\n" + costs.text + "\n  the routes save \(Figures.percent(cost.saved)) "
        + "(\(Figures.percent(cost.low)) … \(Figures.percent(cost.high)))"
    }
    return text
  }

  private var matrix: String {
    var lines: [[String]] = [[""] + audit.tiers]
    for (sent, row) in audit.matrix.enumerated() { lines.append([audit.tiers[sent]] + row.map { Figures.count($0) }) }
    let widths = lines[0].indices.map { column in lines.map { $0[column].count }.max() ?? 0 }
    return lines.map { line in
      "  "
        + line.enumerated().map { column, cell in
          let space = String(repeating: " ", count: widths[column] - cell.count)
          return column == 0 ? cell + space : space + cell
        }.joined(separator: "  ")
    }.joined(separator: "\n")
  }

  var json: String {
    var object = JSONObject()
    object.add("tiers", audit.tiers)
    object.add("examples", audit.examples)
    object.add("malformed", audit.malformed)
    if let error = audit.firstMalformed { object.add("first_malformed", "\(error)") }
    object.add("hits", audit.hits)
    object.add("fallbacks", audit.fallbacks.count)
    object.add("without_route", audit.unnamed)
    object.add("confidence", confidence, places: 6)
    object.add("could_be_cheaper", share(audit.couldBeCheaper))
    object.add("rightly_cheaper", share(audit.rightlyCheaper))
    object.add("too_cheap", share(audit.tooCheap))
    object.add("too_dear", share(audit.tooDear))
    let rows = audit.matrix.map { "[" + $0.map { "\($0)" }.joined(separator: ",") + "]" }
    object.add("routed_by_sufficient", raw: "[" + rows.joined(separator: ",") + "]")
    if let cost = audit.cost {
      var member = JSONObject()
      member.add("currency", cost.currency)
      member.add("dearest", cost.dearest, places: 6)
      member.add("policy", cost.policy, places: 6)
      member.add("ideal", cost.ideal, places: 6)
      member.add("saved_share", cost.saved, places: 6)
      member.add("saved_low", cost.low, places: 6)
      member.add("saved_high", cost.high, places: 6)
      object.add("cost_of_1000", member)
    }
    return object.text
  }

  private func share(_ share: RouteAudit.Share) -> JSONObject {
    var object = JSONObject()
    object.add("count", share.count)
    object.add("of", share.sample)
    if let value = share.value { object.add("share", value, places: 6) } else { object.add("share", raw: "null") }
    object.add("low", share.low, places: 6)
    object.add("high", share.high, places: 6)
    return object
  }
}
