import AnswerPipeline
import ArgumentParser
import BundleReader
import CKernels
import Synchronization
import Terminal

struct PlanCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "plan",
    abstract: "Choose from query logs which questions to answer in advance, and write the requests for them.",
    discussion: """
      LOGS are JSONL files with rows {"query", "count"?, "at"?, "input_tokens"?, "output_tokens"?, "route"?}, CSV files with \
      such columns, or the miss log of almanac-reader. What the given bundles answer is left out. What is left is grouped by \
      question, weighted by how often and how recently it was asked and by the price of a live answer, and chosen under the \
      budget so that the expected saving is greatest: an answer counts for what it adds to those chosen before.

      Never planned: questions for personal or live data or for an action, those that need earlier messages, messages with \
      several requests, texts with an e-mail address, telephone or card number or another identifier, groups that were \
      asked less than --min-count times, and groups whose wordings hardly resemble each other.

      FOLDER gets plan.jsonl and plan.md (the ranked plan), wordings.csv (the wordings of each question, for a person to \
      accept), excluded.jsonl (what is not planned, and why; personal data made unreadable), and with --requests the files \
      for the batch service, split at its limits. All or none are written.

      REQUESTS.yaml says how questions become requests:
        service: openai-chat            # or openai-responses, anthropic, bedrock
        model: NAME
        system: Answer briefly.         # optional, as all below
        prompt: 'Question: {{question}}'
        max_tokens: 600
        samples: 1                      # several are compared by ingest
        price: {input: 0.15, output: 0.60}   # of a live answer, for a million tokens; batch_price is half of it
        tokens: {input: 300, output: 300}    # where the log does not say
        routes: {large: {model: LARGE, price: {input: 2.5, output: 10}}}
        embeddings: {model: text-embedding-3-small}

      EXAMPLES
        almanac plan log.jsonl -o plan --answers 500
            the 500 questions that serve most, no requests
        almanac plan log.csv misses.jsonl --bundle faq.almanac --requests requests.yaml --money 20 -o plan
            what the bundle misses, answered for at most 20
      """)

  @Argument(help: "Query logs: JSONL, CSV, or miss logs.", completion: .file(extensions: ["jsonl", "csv"]))
  var logs: [String]

  @Option(name: .shortAndLong, help: "The folder to write into; made if it is not there.", completion: .directory)
  var output: String

  @Option(
    help: "A bundle in use, whose answers need no plan; may be given several times.",
    completion: .file(extensions: ["almanac"]))
  var bundle: [String] = []

  @Option(help: "How questions become requests, and prices.", completion: .file(extensions: ["yaml"]))
  var requests: String?

  @Option(help: "The most answers; 1,000 if no budget is given.")
  var answers: Int?

  @Option(help: "The most bytes that the answers may take in a bundle, about.")
  var bytes: Int?

  @Option(help: "The most that answering may cost, in the currency of the prices.")
  var money: Double?

  @Option(help: ArgumentHelp("In how many days an asking counts for half.", valueName: "days"))
  var halfLife = 14.0

  @Option(help: "Leave out questions that were asked less often than this in all their wordings.")
  var minCount = 2.0

  @Option(help: "The time at which bundles are asked, in seconds since 1970; now if not given.")
  var now: Int64?

  @Option(help: "How many of the planned questions are shown.")
  var show = 20

  @Flag(help: "Print the figures as one JSON object.")
  var json = false

  func validate() throws {
    guard !logs.isEmpty else { throw ValidationError("give at least one log") }
    guard answers ?? 1 > 0, bytes ?? 1 > 0, money ?? 1 > 0 else { throw ValidationError("a budget is more than 0") }
    guard halfLife > 0, halfLife.isFinite else { throw ValidationError("--half-life takes days, more than 0") }
    guard minCount >= 0, show >= 0 else { throw ValidationError("--min-count and --show take 0 or more") }
  }

  func run() throws {
    try refusing {
      let interruption = Interruption()
      defer { interruption.stop() }
      var options = AnswerPlan.Options()
      options.bundles = try bundle.map { try openBundle($0, mode: .all) }
      options.now = now ?? almanac_unix_seconds()
      if let requests { options.requests = try RequestRecipe(path: requests) }
      if money != nil, options.requests.standard.price == nil {
        throw MissingPrice(file: requests)
      }
      options.answers = answers
      options.bytes = bytes
      options.money = money
      options.halfLife = halfLife
      options.minimumCount = minCount
      let bar = PlanProgress()
      let report = try AnswerPlan(options).run(logs, into: output, observer: bar)
      bar.end()
      let summary = PlanSummary(report, shown: show)
      print(json ? summary.json : summary.text)
    }
  }
}

/// A budget of money without prices.
private struct MissingPrice: Error, CustomStringConvertible {
  let file: String?

  var description: String {
    "\(file ?? "--money"): no price is given; write 'price: {input: …, output: …}' in the file of --requests"
  }
}

/// The progress bar of a plan, which several threads may move.
final class PlanProgress: PlanObserver, Sendable {
  private let bar = Mutex(ProgressBar())

  func begin(_ stage: String) { bar.withLock { $0.begin(stage) } }
  func update(_ done: Int, of total: Int, _ unit: String) { bar.withLock { $0.update(done, of: total, unit) } }
  func end() { bar.withLock { $0.end() } }
}
