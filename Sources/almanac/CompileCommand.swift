import ArgumentParser
import BundleCompiler
import BundleReader
import Foundation
import Terminal

struct CompileCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "compile",
    abstract: "Compile a recipe into a bundle.",
    discussion: """
      Reads the recipe and the files it names, fits the encoder to the bundle's own questions, trains the index, sets the \
      threshold by asking every question with its own entry hidden, writes the bundle, reads it back whole, and only \
      then puts it in place of an earlier one. The same input gives the same bytes.

      Labelled queries of the recipe that were drawn from real traffic ("origin":"sampled") are asked too: where they are \
      enough, they choose the threshold and certify the budget. At the end stand the pairs of entries that the self-test \
      confused most. --pairs writes them to a file: set "decision" of each row to "merge" (one answer, that of "entry"), \
      "keep" (they differ) or "distractor" ("question" is not to be answered), and name the file in the recipe under "pairs".

      Example: almanac compile bundles/dev-faq/recipe.yaml -o dev-faq.almanac
      """)

  @Argument(help: "The recipe, a YAML file.", completion: .file(extensions: ["yaml", "yml"]))
  var recipe: String

  @Option(name: [.short, .long], help: "Where to write the bundle.", completion: .file(extensions: ["almanac"]))
  var output: String

  @Option(help: "The folder that ${data} stands for in the recipe's paths.", completion: .directory)
  var data: String?

  @Option(help: "Instruction set of the kernels: auto, portable, avx2, avx512, neon. All give the same bytes.")
  var kernels: KernelChoice = .auto

  @Option(help: "The number of threads (default: one for each core). All give the same bytes.")
  var threads: Int?

  @Option(
    help: ArgumentHelp("Write the pairs of entries to decide to this file.", valueName: "file"),
    completion: .file(extensions: ["jsonl"]))
  var pairs: String?

  @Option(
    help: ArgumentHelp(
      "Build upon this earlier bundle: keep its ordinals, encoder, index and dictionary, so that `almanac diff` gives a small patch.",
      valueName: "bundle"), completion: .file(extensions: ["almanac"]))
  var previous: String?

  @Flag(help: "With --previous: train everything anew, and only name the earlier bundle in the provenance.")
  var retrain = false

  @Option(
    help: ArgumentHelp(
      "Compile a layer over this bundle: answers that are added to its own, replace them by id, or delete them.",
      valueName: "bundle"), completion: .file(extensions: ["almanac"]))
  var base: String?

  @Flag(help: "Print the summary as JSON.")
  var json = false

  func validate() throws {
    if let threads, !(1...1_024).contains(threads) {
      throw ValidationError("--threads is \(threads); give a number from 1 to 1,024")
    }
    if retrain, previous == nil { throw ValidationError("--retrain goes with --previous") }
    if base != nil, previous != nil { throw ValidationError("--base makes a layer, which has no --previous") }
  }

  func run() throws {
    try refusing {
      let observer = ProgressObserver()
      let interruption = Interruption()
      defer { interruption.stop() }
      var options = Compiler.Options(output: output, dataFolder: data, kernels: kernels.level, threads: threads)
      options.previous = previous
      options.retrains = retrain
      options.base = base
      let compiler = try Compiler(options, observer: observer)
      let report: CompileReport
      do {
        report = try compiler.compile(recipe: recipe)
      } catch {
        observer.bar.abandon()
        throw error
      }
      observer.bar.end()
      if let pairs { try write(report.pairs, to: pairs) }
      print(json ? CompileSummary(report).json : CompileSummary(report).text)
    }
  }
}

extension CompileCommand {
  private func write(_ pairs: [ConfusablePair], to path: String) throws {
    do {
      try pairs.map { $0.json + "\n" }.joined().write(toFile: path, atomically: true, encoding: .utf8)
    } catch {
      throw UnwritablePairs(path: path)
    }
  }
}

/// Pairs that could not be written.
private struct UnwritablePairs: Error, CustomStringConvertible {
  let path: String

  var description: String {
    "\(path): the pairs cannot be written, though the bundle is in place; check the folder, its rights and the space left"
  }
}

/// Draws a compile's progress.
// The compiler calls it from one thread at a time, which is all that the bar needs.
private final class ProgressObserver: CompileObserver, @unchecked Sendable {
  let bar = ProgressBar()

  func begin(stage: String) { bar.begin(stage) }

  func progress(_ done: Int, of total: Int, _ unit: String) { bar.update(done, of: total, unit) }
}

extension KernelChoice: ExpressibleByArgument {}
