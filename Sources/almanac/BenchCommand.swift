import AnswerPipeline
import ArgumentParser
import BundleCompiler
import BundleFormat
import BundleReader
import CKernels
import Terminal

struct BenchCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "bench",
    abstract: "Measure how fast a bundle answers on this machine.",
    discussion: """
      Opens the bundle, asks stored questions (exact hits) and queries (semantic hits and fallbacks) one at a time on one \
      thread, and prints the median and the 99th percentile of each kind, each stage on its own, the time to open, and the \
      private memory. Queries come from a JSONL file; without one they are the stored questions with their last word left \
      out. Rows with "expect" are counted right or wrong too.

      Example: almanac bench dev-faq.almanac --queries bundles/dev-faq/queries.jsonl
      """)

  @Argument(help: "The bundle.", completion: .file(extensions: ["almanac"]))
  var bundle: String

  @Option(
    help: ArgumentHelp(
      "Measure the bundle together with this layer, which was compiled over it.", valueName: "file"),
    completion: .file(extensions: ["almanac"]))
  var layer: String?

  @Option(help: "Queries, JSONL rows with \"query\" and perhaps \"expect\".", completion: .file(extensions: ["jsonl"]))
  var queries: String?

  @Option(name: .customLong("repeat"), help: "How often all queries are asked; the first round is reported on its own.")
  var rounds = 20

  @Option(help: "Instruction set of the kernels: auto, portable, avx2, avx512, neon.")
  var kernels: KernelChoice = .auto

  @Option(help: "The time at which answers must be valid, in seconds since 1970; now if not given.")
  var now: Int64?

  @Flag(help: "Print the result as JSON.")
  var json = false

  func validate() throws {
    guard (2...10_000).contains(rounds) else { throw ValidationError("--repeat takes 2 to 10000") }
  }

  func run() throws {
    try refusing {
      let result = try BenchRun(
        path: bundle, layer: layer, queries: queries, rounds: rounds, kernels: kernels,
        now: now ?? almanac_unix_seconds())
      print(json ? result.json : result.text)
    }
  }
}
