import AnswerPipeline
import ArgumentParser
import BundleReader
import CKernels
import Foundation
import Terminal

// Foundation has a Bundle too.
import class BundleReader.Bundle

struct CheckCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "check",
    abstract: "Ask a bundle labelled queries and fail if too many answers are wrong.",
    discussion: """
      QUERIES is a JSONL file. Each row has "query" and "expect": the id of the entry that answers it, or null if the \
      query must fall back. It may have "kind" (counted apart), "scope", "now" and "turn" (asked with). An answer is \
      right if it is the expected entry's, and wrong if it is another's or none was expected. Use queries that the \
      recipe has not seen, in the mix that users send: every share is a share of this file, and a file of nothing but \
      traps asks more of a bundle than its budget promises.

      It prints verdicts, in all and for each kind; the upper bound that so many queries put on the true share of \
      wrong answers, if they are a random sample; the risk-coverage curve, which is what other thresholds would serve at how \
      many wrong answers, with the bundle's own point on it; and the wrong answers that were given most confidently.

      Exit codes: 0 within the budget, 2 over it, 1 bad bundle or bad queries, 64 wrong usage.

      EXAMPLES
        almanac check faq.almanac q.jsonl
            against the budget that the bundle was compiled for
        almanac check faq.almanac q.jsonl --max-wrong 0.5% --max-wrong-answers 5%
            a gate for continuous integration: both must hold
        almanac check faq.almanac q.jsonl --worst 50 --plot curve.svg
            where it goes wrong, and what a looser budget would bring
        almanac check faq.almanac q.jsonl --json | jq '.wrong_share, .curve.at'
            figures for a dashboard
      """)

  @Argument(help: "The bundle.", completion: .file(extensions: ["almanac"]))
  var bundle: String

  @Option(
    help: ArgumentHelp(
      "Ask the bundle together with this layer, which was compiled over it.", valueName: "file"),
    completion: .file(extensions: ["almanac"]))
  var layer: String?

  @Argument(
    help: "Labelled queries: JSONL rows with \"query\" and \"expect\".", completion: .file(extensions: ["jsonl"]))
  var queries: String

  @Option(
    help: ArgumentHelp(
      "The greatest share of all requests that may be answered wrongly, as 1% or 0.01; the bundle's own if not given.",
      valueName: "share"))
  var maxWrong: ShareOption?

  @Option(
    help: ArgumentHelp(
      "The greatest share of all answers that may be wrong, as 5% or 0.05; not tested if not given.", valueName: "share"
    ))
  var maxWrongAnswers: ShareOption?

  @Option(help: ArgumentHelp("The confidence of the upper bound, 50% or more.", valueName: "share"))
  var confidence = ShareOption(argument: "95%")!

  @Option(help: "How many of the most confident mistakes are shown.")
  var worst = 10

  @Option(help: "Write the curve to this file as SVG.", completion: .file(extensions: ["svg"]))
  var plot: String?

  @Option(
    help: "Ask with the embeddings in this file too: one row for each query, made by the bundle's model.",
    completion: .file(extensions: ["npy"]))
  var vectors: String?

  @Option(
    help: "Write what became of each query to this file: one JSON object a line, in the order of QUERIES.",
    completion: .file(extensions: ["jsonl"]))
  var outcomes: String?

  @Option(help: "The time at which answers must be valid, in seconds since 1970; now if not given.")
  var now: Int64?

  // For measuring the index: what it costs the decision to look at a part of it only.
  @Flag(help: ArgumentHelp("Compare each query with every stored vector.", visibility: .hidden))
  var exhaustive = false

  @Flag(help: "Print everything as one JSON object.")
  var json = false

  func validate() throws {
    guard confidence.value >= 0.5 else { throw ValidationError("--confidence takes 50% or more, as 95% or 0.95") }
    guard worst >= 0 else { throw ValidationError("--worst takes 0 or more") }
    guard plot?.lowercased().hasSuffix(".svg") ?? true else {
      throw ValidationError("--plot writes SVG; give it a name that ends in .svg")
    }
  }

  func run() throws {
    try refusing {
      // Read whole first: an answer that damage turned into a fallback must not pass for a careful one.
      let opened = try openBundle(bundle, layer: layer, mode: .all)
      let labelled = try LabelledQueries(path: queries, bundle: opened, requiringLabels: true, vectors: vectors)
      let bar = ProgressBar()
      bar.begin("check")
      let check = QueryCheck(
        opened, now: now ?? almanac_unix_seconds(), effort: SearchEffort(isExhaustive: exhaustive))
      let checked = try check.run(labelled) {
        bar.update($0, of: labelled.rows.count, "queries")
      }
      bar.end()
      let report = CheckReport(checked)
      let gate = CheckGate(
        wrongOfRequests: maxWrong?.millionths ?? opened.decision.maximumWrong,
        wrongOfAnswers: maxWrongAnswers?.millionths)
      let name = URL(fileURLWithPath: layer ?? bundle).lastPathComponent
      let picture = CheckPlot(
        report, title: "\(name): \(Figures.count(labelled.rows.count)) labelled queries", allowed: gate.wrongOfRequests)
      if let plot { try write(picture.svg, to: plot) }
      if let outcomes { try write(CheckOutcomes(opened, checked).lines, to: outcomes) }
      let summary = CheckSummary(
        report: report, bundle: opened, path: layer ?? bundle, queries: queries, gate: gate,
        confidence: confidence.millionths,
        worst: worst, threshold: vectors == nil ? opened.decision.textThreshold : opened.decision.vectorThreshold)
      print(try json ? summary.json : summary.text(plot: picture.text))
      let failures = gate.failures(report.counts)
      for failure in failures { Terminal.writeError("error: \(layer ?? bundle): \(failure)\n") }
      if !failures.isEmpty { throw ExitCode(2) }
    }
  }

  private func write(_ text: String, to path: String) throws {
    do {
      try text.write(toFile: path, atomically: true, encoding: .utf8)
    } catch {
      throw UnwritableFile(path: path)
    }
  }
}

/// A plot or list that could not be written.
private struct UnwritableFile: Error, CustomStringConvertible {
  let path: String

  var description: String { "\(path): the file cannot be written; check the folder, its rights and the space left" }
}
