import AnswerPipeline
import ArgumentParser
import CKernels
import Terminal

struct RoutesCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "routes",
    abstract: "Audit the routes of a bundle's fallbacks against examples of known tiers.",
    discussion: """
      EXAMPLES is a JSONL file with rows {"query", "tier", "input_tokens"?, "output_tokens"?}, or CSV with such columns: requests \
      drawn from traffic, each with the cheapest tier that answers it well. The bundle is asked them; what it answers itself needs \
      no tier. Of the fallbacks it prints which share a cheaper tier than the dearest would suffice for, which share the routes \
      send there rightly, the mistakes both ways (too cheap: the answer is not good enough; too dear: money lost), and with \
      prices what that saves. Examples that were used in the recipe's routes flatter the figures.

      Shares have two-sided Clopper-Pearson intervals, savings the percentile interval of 2,000 seeded bootstrap samples. Where \
      a tier did not suffice, the cost of asking again at the one that does is counted. A fallback without a route counts as sent \
      to the dearest tier.

      EXAMPLES
        almanac routes faq.almanac tiers.jsonl --tiers small,large
        almanac routes faq.almanac tiers.csv --prices prices.yaml --json
            the table's routes are the tiers, in the order of their price
      """)

  @Argument(help: "The bundle.", completion: .file(extensions: ["almanac"]))
  var bundle: String

  @Argument(help: "Examples with their tiers: JSONL or CSV.", completion: .file(extensions: ["jsonl", "csv"]))
  var examples: String

  @Option(help: "The routes of the tiers, the cheapest first, with commas between.")
  var tiers: String?

  @Option(
    help: "What answers cost, with a model for each tier under 'routes'.", completion: .file(extensions: ["yaml"]))
  var prices: String?

  @Option(help: ArgumentHelp("The confidence of the intervals, 50% or more.", valueName: "share"))
  var confidence = ShareOption(argument: "95%")!

  @Option(help: "The time at which answers must be valid, in seconds since 1970; now if not given.")
  var now: Int64?

  @Flag(help: "Print everything as one JSON object.")
  var json = false

  private var tierNames: [String]? {
    tiers.map { $0.split(separator: ",", omittingEmptySubsequences: false).map { String($0.filter { $0 != " " }) } }
  }

  func validate() throws {
    guard confidence.value >= 0.5, confidence.value < 1 else {
      throw ValidationError("--confidence takes 50% or more, and less than 100%")
    }
    if let names = tierNames {
      guard names.count > 1, !names.contains(""), Set(names).count == names.count else {
        throw ValidationError("--tiers takes two or more different names with commas between, the cheapest first")
      }
    }
  }

  func run() throws {
    try refusing {
      let opened = try openBundle(bundle, mode: .all)
      let audit = try RouteAudit(
        opened, examples: examples, tiers: tierNames, prices: try prices.map { try PriceTable(path: $0) },
        now: now ?? almanac_unix_seconds(), confidence: confidence.value)
      let summary = RoutesSummary(audit, confidence: confidence.value)
      print(json ? summary.json : summary.text)
    }
  }
}
