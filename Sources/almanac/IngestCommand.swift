import AnswerPipeline
import ArgumentParser
import Terminal

struct IngestCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "ingest",
    abstract: "Turn results of batch inference, or answers you have, into the files that a recipe reads.",
    discussion: """
      SOURCES are result files of OpenAI Batch (chat completions, responses, embeddings), Anthropic Message Batches or \
      Amazon Bedrock batch inference, in any order and number; CSV files with columns question and answer; Markdown files \
      whose headings are questions; HTML pages or JSON files with a schema.org FAQPage. Results are joined to their \
      requests by id; only the requests have the questions, so give those files with --requests.

      FOLDER gets entries.jsonl (with usage and provenance, and embeddings if any came), variants.jsonl if there are \
      further wordings, dropped.jsonl (every line that was left out, with its reason), held.csv (answers that wait for a \
      person: rate them good or bad and give the file back with --ratings), audit.csv with --audit, and retry-NAME with \
      those requests of NAME that nothing usable came back for. All or none are written.

      Several results for one question are samples: if their words agree less than --min-quality, the question is held \
      back. Errors, refusals, truncated answers, tool calls, empty, repeated and over-long ones are dropped.

      Results of requests that widen wrote give variants.jsonl and distractors.jsonl, all marked as generated (--widened). A       rewording that is nearer another entry is dropped; doubtful ones are listed in review.csv, where a person writes y or n       into the column accepted. Give that table, or the wordings.csv of plan, with --accepted: users' wordings are       then marked as accepted. Such runs write no entries, and need a folder of their own.

      EXAMPLES
        almanac ingest batch_output.jsonl --requests requests.jsonl -o answers
            then in the recipe: entries: answers/entries.jsonl
        almanac ingest out-1.jsonl out-2.jsonl embeddings.jsonl --requests req.jsonl --requests embed.jsonl -o answers
            answers and embeddings together
        almanac ingest faq.csv help.md https-page.html -o answers
            without any model
        almanac ingest out.jsonl --requests req.jsonl -o answers --audit 500
            and 500 of the answers, drawn at random, to be rated
        almanac ingest out.jsonl --requests req.jsonl -o answers --ratings answers/audit.csv
            the ratings back in: bad answers leave, and the share of good ones is stated with its bounds
        almanac ingest out.jsonl --widened widening/widen.jsonl -o wordings
            further wordings for entries
        almanac ingest --accepted plan/wordings.csv -o accepted
            users' wordings that a person accepted; then in the recipe: variants: accepted/variants.jsonl
        almanac ingest out.jsonl --requests due/requests-openai-chat-1.jsonl --plan due/refresh.jsonl \
            --refresh entries.jsonl -o fresh
            answers made anew, in a file that differs from entries.jsonl in their lines only
      """)

  @Argument(help: "Result files, or files with answers.", completion: .file())
  var sources: [String] = []

  @Option(help: "A file that was sent to the service; may be given several times.", completion: .file())
  var requests: [String] = []

  @Option(help: "The plan that the requests were made from.", completion: .file(extensions: ["jsonl"]))
  var plan: String?

  @Option(name: .shortAndLong, help: "The folder to write into; made if it is not there.", completion: .directory)
  var output: String

  @Option(help: "What stands around the question in each request, as 'Answer briefly: {{question}}'.")
  var prompt: String?

  @Option(help: "What the ids of entries begin with.")
  var idPrefix = ""

  @Option(
    help: ArgumentHelp(
      "The least quality of an answer: its rating, or how far samples of its question agree.", valueName: "share"))
  var minQuality = ShareOption(argument: "50%")!

  @Option(help: "The longest answer in bytes; what a bundle takes if not given.")
  var maxAnswer: Int?

  @Option(help: "Take the headings of this level as questions, 1 to 6, instead of those that end in a question mark.")
  var headings: Int?

  @Option(help: "Draw this many answers at random into audit.csv, for a person to rate.")
  var audit = 0

  @Option(
    help: "An audit.csv or held.csv with the column rating filled in; may be given several times.",
    completion: .file(extensions: ["csv", "jsonl"]))
  var ratings: [String] = []

  @Option(help: "The widen.jsonl beside the requests of a widening; may be given several times.", completion: .file())
  var widened: [String] = []

  @Option(
    help: "A wordings.csv or review.csv with the column accepted filled in; may be given several times.",
    completion: .file(extensions: ["csv"]))
  var accepted: [String] = []
  @Option(
    help: ArgumentHelp(
      "Replace answers in this file of entries instead of writing new ones; may be given several times.",
      discussion:
        "With --plan refresh.jsonl of almanac refresh. FOLDER gets the file anew, all other lines byte for byte."),
    completion: .file(extensions: ["jsonl"]))
  var refresh: [String] = []

  @Option(
    help: "How long replaced answers are valid, such as 30d; their entries' validity stays as it is if not given.")
  var validFor: CadenceOption?

  @Option(help: "The folder of the sources, whose present digests replaced answers get.", completion: .directory)
  var sourceFolder: String?

  @Flag(help: "Print the figures as one JSON object.")
  var json = false

  func validate() throws {
    guard !sources.isEmpty || !accepted.isEmpty else {
      throw ValidationError("give at least one file of results or answers, or --accepted")
    }
    guard refresh.isEmpty || plan != nil && idPrefix.isEmpty else {
      throw ValidationError("--refresh needs --plan refresh.jsonl, and takes no --id-prefix")
    }
    guard refresh.isEmpty || widened.isEmpty && accepted.isEmpty else {
      throw ValidationError("--refresh replaces answers; take wordings in with an ingest of their own")
    }
    guard !refresh.isEmpty || validFor == nil && sourceFolder == nil else {
      throw ValidationError("--valid-for and --source-folder belong to --refresh")
    }
    guard audit >= 0 else { throw ValidationError("--audit takes 0 or more") }
    guard maxAnswer ?? 1 > 0 else { throw ValidationError("--max-answer takes 1 or more") }
    guard (1...6).contains(headings ?? 1) else { throw ValidationError("--headings takes a level from 1 to 6") }
    guard PromptTemplate(prompt ?? "{{question}}") != nil else {
      throw ValidationError("--prompt needs {{question}} in it, once")
    }
  }

  func run() throws {
    try refusing {
      let interruption = Interruption()
      defer { interruption.stop() }
      var options = AnswerIngest.Options()
      options.requests = requests
      options.plan = plan
      if let prompt, let template = PromptTemplate(prompt) { options.prompt = template }
      options.idPrefix = idPrefix
      options.headingLevel = headings
      options.minimumQuality = minQuality.value
      if let maxAnswer { options.longestAnswer = min(maxAnswer, options.longestAnswer) }
      options.audit = audit
      options.ratings = ratings
      options.widened = widened
      options.accepted = accepted
      options.refreshed = refresh
      options.validity = validFor?.seconds
      options.sources = sourceFolder
      let bar = ProgressBar()
      bar.begin("ingest")
      let report = try AnswerIngest(options).run(sources, into: output) { bar.update($0, of: $1, "bytes") }
      bar.end()
      let summary = IngestSummary(report)
      print(json ? summary.json : summary.text)
    }
  }
}
