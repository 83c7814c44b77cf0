import AnswerPipeline
import ArgumentParser
import Terminal

struct WidenCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "widen",
    abstract: "Write the requests that ask a model for further wordings of entries, and for near misses.",
    discussion: """
      SOURCE is a bundle, a recipe or a JSONL file of entries. For each entry one request asks for rewordings of its question \
      and for near misses: questions that look alike but need another answer. Entries that answer exact matches only are left out.

      FOLDER gets the request files for the batch service, split at its limits, and widen.jsonl, which ingest needs to \
      take the results back: rewordings become variants and near misses distractors, all marked as generated. All or none \
      are written.

      REQUESTS.yaml is the file that plan takes (see its help), with service and model, for each route if they differ, and \
        widen_prompt: '…'    # in place of the one built in; slots are {{question}}, {{wordings}}, {{answer}},
                             # {{rewordings}} and {{near_misses}}; it must ask for a reply of the form
                             # {"rewordings": ["…"], "near_misses": ["…"]}

      EXAMPLES
        almanac widen faq.almanac --requests requests.yaml -o widening
        almanac ingest results.jsonl --widened widening/widen.jsonl --requests widening/requests-anthropic-1.jsonl -o wordings
            then in the recipe: variants: wordings/variants.jsonl
                                distractors: wordings/distractors.jsonl
        almanac ingest results.jsonl --widened widening/widen.jsonl --accepted wordings/review.csv -o wordings
            the doubtful ones, once a person has marked them y or n
      """)

  @Argument(
    help: "A bundle, a recipe, or a JSONL file of entries.",
    completion: .file(extensions: ["almanac", "yaml", "jsonl"]))
  var source: String

  @Option(name: .shortAndLong, help: "The folder to write into; made if it is not there.", completion: .directory)
  var output: String

  @Option(help: "How entries become requests.", completion: .file(extensions: ["yaml"]))
  var requests: String

  @Option(help: "How many rewordings are asked for, for each entry.")
  var rewordings = 10

  @Option(help: "How many near misses are asked for, for each entry.")
  var nearMisses = 5

  @Option(help: ArgumentHelp("Leave out entries that have this many wordings already.", valueName: "wordings"))
  var enough: Int?

  @Option(help: "The folder that ${data} stands for in a recipe's paths.", completion: .directory)
  var data: String?

  @Flag(help: "Print the figures as one JSON object.")
  var json = false

  func validate() throws {
    guard rewordings >= 0, nearMisses >= 0, rewordings + nearMisses > 0, rewordings + nearMisses <= 1_000 else {
      throw ValidationError("--rewordings and --near-misses take 0 or more, together 1 to 1,000")
    }
    guard enough ?? 1 > 0 else { throw ValidationError("--enough takes 1 or more") }
  }

  func run() throws {
    try refusing {
      var options = EntryWidening.Options()
      options.requests = try RequestRecipe(path: requests)
      options.rewordings = rewordings
      options.nearMisses = nearMisses
      options.enough = enough
      options.dataFolder = data
      let report = try EntryWidening(options).run(source, into: output)
      print(json ? Self.json(report) : Self.text(report))
    }
  }

  private static func text(_ report: EntryWidening.Report) -> String {
    var table = TextTable()
    table.add("entries", Figures.count(report.entries))
    if report.exactOnly > 0 { table.add("  left out: exact matches only", Figures.count(report.exactOnly)) }
    if report.enough > 0 { table.add("  left out: wordings enough", Figures.count(report.enough)) }
    table.add("wordings they have", Figures.count(report.wordings))
    table.add("requests", Figures.count(report.requests))
    return table.text + "\n  written: " + report.files.joined(separator: ", ")
  }

  private static func json(_ report: EntryWidening.Report) -> String {
    var object = JSONObject()
    object.add("entries", report.entries)
    object.add("exact_only", report.exactOnly)
    object.add("enough", report.enough)
    object.add("wordings", report.wordings)
    object.add("requests", report.requests)
    return object.text
  }
}
