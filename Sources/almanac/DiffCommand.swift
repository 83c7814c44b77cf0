import ArgumentParser
import BundleCompiler
import Terminal

struct DiffCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "diff",
    abstract: "Make a patch that turns one bundle into another.",
    discussion: """
      `almanac patch OLD PATCH -o NEW` gives NEW again, byte for byte, with its signature. Patches are small if NEW was \
      compiled with --previous OLD.

      Example: almanac diff faq-41.almanac faq-42.almanac -o faq-41-42.patch
      """)

  @Argument(help: "The bundle that receivers have.", completion: .file(extensions: ["almanac"]))
  var old: String

  @Argument(help: "The bundle that they are to get.", completion: .file(extensions: ["almanac"]))
  var new: String

  @Option(name: [.short, .long], help: "Where to write the patch.", completion: .file(extensions: ["patch"]))
  var output: String

  @Flag(help: "Print the result as JSON.")
  var json = false

  func run() throws {
    try refusing {
      let report = try PatchRun(stage: "diff").run { progress in
        try BundlePatch.make(old: old, new: new, output: output, progress: progress)
      }
      let share = 100 * Double(report.patchBytes) / Double(report.newBytes)
      print(
        json
          ? PatchRun.json(report, path: output)
          : "\(output): \(report.patchBytes) bytes, \((share * 100).rounded() / 100) % of \(new)")
    }
  }
}

/// What `diff` and `patch` have in common: progress, tidying up after an interruption, and the report.
struct PatchRun {
  let stage: String

  /// Runs `body` with something to tell its progress to.
  func run(_ body: ((Int, Int) -> Void) throws -> BundlePatch.Report) throws -> BundlePatch.Report {
    let bar = ProgressBar()
    let interruption = Interruption()
    defer { interruption.stop() }
    bar.begin(stage)
    do {
      let report = try body { bar.update($0, of: $1, "bytes") }
      bar.end()
      return report
    } catch {
      bar.abandon()
      throw error
    }
  }

  /// The report as one JSON object.
  static func json(_ report: BundlePatch.Report, path: String) -> String {
    var object = JSONObject()
    object.add("path", path)
    object.add("old_root", report.oldRoot)
    object.add("new_root", report.newRoot)
    object.add("old_bytes", report.oldBytes)
    object.add("new_bytes", report.newBytes)
    object.add("patch_bytes", report.patchBytes)
    return object.text
  }
}
