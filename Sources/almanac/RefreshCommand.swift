import AnswerPipeline
import ArgumentParser
import BundleCompiler
import CKernels
import Terminal

struct RefreshCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "refresh",
    abstract: "Say which answers are due to be made anew, and write the requests for them.",
    discussion: """
      An answer is due when its validity ends (valid_until), when its cadence has passed since it was made (cadence of the \
      entry, or of its route in the recipe; provenance.at), or when the file it was made from has changed \
      (provenance.source_digest is the digest of no file of --sources). Of a RECIPE the entries as they stand in its files \
      are looked at, of a BUNDLE those that were compiled.

      Logs tell what is asked most, whose stale answers would hurt most. For a bundle a question counts for the entry that \
      answers it, or would but for its time; for a recipe for the entry with that very wording. Under --budget the answers \
      that are asked most come first, each a day before it is due at the earliest; the rest is carried over to the next days.

      FOLDER gets schedule.csv (day by day, with reasons and rates), refresh.jsonl (the same for ingest --plan) and with \
      --requests the files for the batch service: those of the first day. Run it again on the next: what was done by then is \
      no longer due. Answers that are templates, and entries that share their question with another, are listed for a \
      person. All or none of the files are written; equal inputs and --now give equal files.

      EXAMPLES
        almanac refresh faq.almanac --log log.jsonl --requests requests.yaml --budget 200 -o due
        almanac ingest out.jsonl --requests due/requests-openai-chat-1.jsonl --plan due/refresh.jsonl \
            --refresh entries.jsonl -o fresh
        almanac refresh recipe.yaml --sources docs --now 2026-12-01 --by 2026-12-31 -o due
      """)

  @Argument(help: "A bundle, or a recipe that ends in .yaml.", completion: .file(extensions: ["almanac", "yaml"]))
  var input: String

  @Option(name: .shortAndLong, help: "The folder to write into; made if it is not there.", completion: .directory)
  var output: String

  @Option(
    help: "A query log as for plan; may be given several times.", completion: .file(extensions: ["jsonl", "csv"]))
  var log: [String] = []

  @Option(help: "The beginning of the first day: a date or seconds since 1970; now if not given.")
  var now: TimeOption?

  @Option(help: "List what is due up to this time; a week from the first day if not given.")
  var by: TimeOption?

  @Option(help: "The folder of the sources, or a list of their digests by b2sum -l 256.", completion: .file())
  var sources: String?

  @Option(help: "The most answers a day.")
  var budget: Int?

  @Option(help: "How questions become requests, as for plan.", completion: .file(extensions: ["yaml"]))
  var requests: String?

  @Option(help: "In how many days an asking counts for half.")
  var halfLife = 14.0

  @Option(help: "Replaces ${data} in paths of the recipe.", completion: .directory)
  var data: String?

  @Option(help: "How many of the answers are shown.")
  var show = 20

  @Flag(help: "Print the figures as one JSON object.")
  var json = false

  func validate() throws {
    guard budget ?? 1 > 0 else { throw ValidationError("--budget takes 1 or more") }
    guard halfLife > 0, halfLife.isFinite else { throw ValidationError("--half-life takes days, more than 0") }
    guard show >= 0 else { throw ValidationError("--show takes 0 or more") }
  }

  func run() throws {
    try refusing {
      var options = AnswerRefresh.Options()
      options.now = now?.seconds ?? almanac_unix_seconds()
      options.until = by?.seconds ?? options.now + 7 * 86_400
      options.logs = log
      options.sources = sources
      options.budget = budget
      options.halfLife = halfLife
      if let requests { options.requests = try RequestRecipe(path: requests) }
      let refresh = AnswerRefresh(options)
      let isRecipe = [".yaml", ".yml"].contains { input.lowercased().hasSuffix($0) }
      let report =
        isRecipe
        ? try refresh.run(recipe: try Recipe.load(path: input, dataFolder: data), into: output)
        : try refresh.run(bundle: try openBundle(input, mode: .all), into: output)
      let summary = RefreshSummary(report, shown: show)
      print(json ? summary.json : summary.text)
    }
  }
}
