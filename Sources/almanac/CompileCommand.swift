import ArgumentParser
import BundleCompiler
import BundleReader
import Terminal

struct CompileCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "compile",
    abstract: "Compile a recipe into a bundle.",
    discussion: """
      Reads the recipe and the files it names, fits the encoder to the bundle's own questions, trains the index, sets the \
      threshold by asking every question with its own entry hidden, writes the bundle, reads it back whole, and only \
      then puts it in place of an earlier one. The same input gives the same bytes.

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

  @Flag(help: "Print the summary as JSON.")
  var json = false

  func run() throws {
    try refusing {
      let observer = ProgressObserver()
      let interruption = Interruption()
      defer { interruption.stop() }
      let compiler = try Compiler(
        Compiler.Options(output: output, dataFolder: data, kernels: kernels.level), observer: observer)
      let report: CompileReport
      do {
        report = try compiler.compile(recipe: recipe)
      } catch {
        observer.bar.abandon()
        throw error
      }
      observer.bar.end()
      print(json ? CompileSummary(report).json : CompileSummary(report).text)
    }
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
