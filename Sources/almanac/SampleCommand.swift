import AnswerPipeline
import ArgumentParser
import BundleReader
import CKernels
import Terminal

struct SampleCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "sample",
    abstract:
      "Draw requests that a bundle answers, for a person to mark right or wrong; a compile turns the marks into a bound.",
    discussion: """
      LOGS are query logs as plan reads them. Each request counts, so a query that was asked often is drawn as often as \
      its traffic has it. The sample says how many requests there were, and how many of them were hits.

      Mark it in the terminal with --mark (r right, w wrong, s cannot tell, q stop; every mark is kept at once), or on a \
      page: with an output that ends in .html the sample is one page that works without a network and saves the marked file.

      In the recipe, marked_hits: hits.jsonl. compile asks the bundle again and states an upper bound on the share of wrong \
      answers; if it is within the budget, the bundle is certified. What nobody could tell counts as not right; a mark \
      whose answer has changed does not count.

      EXAMPLES
        almanac sample faq.almanac log.jsonl -n 100 -o hits.jsonl
        almanac sample --mark hits.jsonl
        almanac sample faq.almanac log.jsonl -n 100 --seed 7 -o hits.html
      """)

  @Argument(help: "The bundle.", completion: .file(extensions: ["almanac"]))
  var bundle: String?

  @Argument(help: "Query logs: JSONL, CSV, or miss logs.", completion: .file(extensions: ["jsonl", "csv"]))
  var logs: [String] = []

  @Option(name: .short, help: ArgumentHelp("How many requests are drawn among the hits.", valueName: "count"))
  var n = 100

  @Option(
    name: .shortAndLong, help: "The file to write: the sample, or a page to mark it on (.html).", completion: .file())
  var output: String?

  @Option(help: "What the draw begins with; the same number draws the same sample. Chosen and shown if not given.")
  var seed: UInt64?

  @Option(help: "The time at which the bundle is asked, in seconds since 1970; now if not given.")
  var now: Int64?

  @Option(help: "Mark this sample.", completion: .file(extensions: ["jsonl"]))
  var mark: String?

  @Flag(help: "Print the figures as one JSON object.")
  var json = false

  func validate() throws {
    if mark != nil {
      guard bundle == nil, output == nil else { throw ValidationError("--mark needs no bundle and no output") }
      return
    }
    guard bundle != nil, !logs.isEmpty else {
      throw ValidationError("give a bundle and at least one log, or --mark FILE")
    }
    guard output != nil else { throw ValidationError("give the file to write with -o") }
    guard (1...1_000_000).contains(n) else { throw ValidationError("-n takes 1 to 1,000,000") }
    guard seed ?? 0 < 1 << 53 else { throw ValidationError("--seed takes a number below 2^53") }
  }

  func run() throws {
    try refusing {
      if let mark {
        try MarkingConversation(mark).run(json: json)
      } else if let bundle, let output {
        var options = HitSampling.Options()
        options.count = n
        options.now = now ?? almanac_unix_seconds()
        options.seed = seed ?? UInt64.random(in: 0..<1 << 53)
        let bar = ProgressBar()
        bar.begin("sample")
        let report = try HitSampling(try openBundle(bundle, mode: .all), options).run(logs, to: output) {
          bar.update($0, of: $1, "bytes")
        }
        bar.end()
        print(json ? Self.json(report) : Self.text(report))
      }
    }
  }

  private static func text(_ report: HitSampling.Report) -> String {
    var table = TextTable()
    table.add("rows", Figures.count(report.rows))
    if report.malformed > 0 { table.add("  without a usable query", Figures.count(report.malformed)) }
    table.add("requests", Figures.count(report.requests))
    table.add("  that are hits", Figures.count(report.hits))
    table.add("drawn", "\(Figures.count(report.drawn)) requests, \(Figures.count(report.queries)) queries")
    table.add("seed", "\(report.seed)")
    var text = table.text
    if let error = report.firstMalformed { text += "\n  first row passed over: \(error)" }
    let isPage = report.file.lowercased().hasSuffix(".html")
    text += "\n  written: \(report.file)"
    return text + (isPage ? "; open it in a browser" : "; mark it: almanac sample --mark \(report.file)")
  }

  private static func json(_ report: HitSampling.Report) -> String {
    var object = JSONObject()
    object.add("rows", report.rows)
    object.add("malformed", report.malformed)
    if let error = report.firstMalformed { object.add("first_malformed", "\(error)") }
    object.add("requests", report.requests)
    object.add("hits", report.hits)
    object.add("drawn", report.drawn)
    object.add("queries", report.queries)
    object.add("seed", Int(report.seed))
    return object.text
  }
}
