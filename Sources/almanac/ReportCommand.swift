import AnswerPipeline
import ArgumentParser
import Foundation
import Terminal

struct ReportCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "report",
    abstract: "Show what a bundle makes of real traffic: coverage, misses, cost, latency.",
    discussion: """
      The questions of the logs are asked once each, and the page OUT shows how much was answered, over time and by topic, why the \
      rest was not, what is missed most, how coverage grows with answers and spend and where further answers stop paying, \
      entries that expired, and cost, latency and energy before and after. It is one HTML file without scripts or anything from \
      elsewhere, for screens, telephones and paper.

      Logs are those of `almanac plan`: JSONL rows {"query", "count"?, "at"?, "input_tokens"?, "output_tokens"?, "topic"?, \
      "latency_ms"?} or CSV with such columns. Give all requests: a miss log has nothing that was answered. The same inputs give \
      the same file: the time of the report is --now, else SOURCE_DATE_EPOCH, else the last time in the logs.

      PRICES.yaml is yours to edit; tools/prices.example.yaml has examples with date and source:
        date: 2026-11-01                     # when you looked
        currency: USD
        models:
          - {name: small, input: 0.40, output: 1.60}              # for a million tokens
          - {name: own, gpu_hour: 2.49, tokens_per_second: 1800}  # a machine of your own
        live: small                          # who answers now; the first if not given
        batch: small                         # who answers in advance; batch_discount is 50%
        routes: {large: own}                 # who answers fallbacks of a route
        tokens: {input: 300, output: 300}    # where the log does not say
        review: 0.50                         # a person's check of one answer

      EXAMPLES
        almanac report faq.almanac --log requests.jsonl -o report.html
        almanac report faq.almanac --log week.csv --labels queries.jsonl --prices prices.yaml --json -o report.html
        almanac report faq.almanac --log requests.jsonl --reader stats.prom --live-latency 900 -o report.html
      """)

  @Argument(help: "The bundle.", completion: .file(extensions: ["almanac"]))
  var bundle: String

  @Option(
    help: "A query log: JSONL or CSV; may be given several times.", completion: .file(extensions: ["jsonl", "csv"]))
  var log: [String] = []

  @Option(name: .shortAndLong, help: "The page to write.", completion: .file(extensions: ["html"]))
  var output: String?

  @Option(
    help: "Labelled queries, as `almanac check` reads them, for the risk-coverage curve.",
    completion: .file(extensions: ["jsonl"]))
  var labels: String?

  @Option(help: "What answers cost.", completion: .file(extensions: ["yaml"]))
  var prices: String?

  @Option(help: "What almanac-reader wrote with --stats, or its replies: how fast it is.", completion: .file())
  var reader: String?

  @Option(help: ArgumentHelp("What a live answer takes; the log's latency_ms if not given.", valueName: "ms"))
  var liveLatency: Double?

  @Option(help: ArgumentHelp("What a live answer uses, in watt-hours.", valueName: "Wh"))
  var energy: Double?

  @Option(help: ArgumentHelp("What a request to the bundle uses, in watt-hours.", valueName: "Wh"))
  var bundleEnergy: Double?

  @Option(help: "How many further answers to look at; 0 for none.")
  var next = 1_000

  @Option(
    help: ArgumentHelp(
      "An answer must pay for itself within this time; entries that expire in it are listed.", valueName: "days"))
  var horizon = 30.0

  @Option(help: "How many rows lists have.")
  var show = 20

  @Option(help: "The time of the report, in seconds since 1970.")
  var now: Int64?

  @Flag(help: "Print the figures as one JSON object.")
  var json = false

  func validate() throws {
    guard !log.isEmpty else { throw ValidationError("give at least one --log") }
    guard output != nil || json else { throw ValidationError("give --output for the page, or --json") }
    guard next >= 0, show >= 0 else { throw ValidationError("--next and --show take 0 or more") }
    guard horizon > 0, horizon.isFinite else { throw ValidationError("--horizon takes days, more than 0") }
    for value in [liveLatency, energy, bundleEnergy] {
      guard value ?? 0 >= 0, (value ?? 0).isFinite else {
        throw ValidationError("--live-latency, --energy and --bundle-energy take 0 or more")
      }
    }
    guard bundleEnergy == nil || energy != nil else { throw ValidationError("--bundle-energy needs --energy") }
  }

  func run() throws {
    try refusing {
      // Read whole first: an answer that damage turned into a fallback must not be counted as a miss.
      let opened = try openBundle(bundle, mode: .all)
      var options = TrafficReport.Options()
      options.bundleName = URL(fileURLWithPath: bundle).lastPathComponent
      options.now = try now ?? Self.sourceDate()
      options.labels = labels
      if let prices { options.prices = try PriceTable(path: prices) }
      options.reader = reader
      options.liveMilliseconds = liveLatency
      options.liveEnergy = energy
      options.requestEnergy = bundleEnergy
      options.next = next
      options.horizon = horizon
      let bar = PlanProgress()
      let report = try TrafficReport(opened, logs: log, options, observer: bar)
      bar.end()
      if let output {
        let files = OutputFiles()
        try files.create(output).write(ReportPage(report, shown: show).html)
        try files.publish()
      }
      if json {
        print(report.json)
      } else if let output {
        print(
          "\(output): \(Figures.percent(report.requests > 0 ? report.hits / report.requests : 0)) of "
            + "\(Figures.decimal(report.requests, 0)) requests answered")
      }
    }
  }

  private static func sourceDate() throws -> Int64? {
    guard let text = ProcessInfo.processInfo.environment["SOURCE_DATE_EPOCH"], !text.isEmpty else { return nil }
    guard let seconds = Int64(text), seconds >= 0 else { throw WrongSourceDate(text: text) }
    return seconds
  }
}

/// A time of the environment that is none.
private struct WrongSourceDate: Error, CustomStringConvertible {
  let text: String

  var description: String { "SOURCE_DATE_EPOCH is '\(text)', not whole seconds since 1970; correct or unset it" }
}
