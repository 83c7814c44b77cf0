import ArgumentParser
import BundleCompiler

struct PatchCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "patch",
    abstract: "Apply a patch to a bundle.",
    discussion: """
      Makes the new bundle from the old one and a patch of `almanac diff`, checks it against the root that the patch names, \
      and only then puts it in its place. OLD and NEW may be the same path. A patch made for another bundle is refused.

      Example: almanac patch faq-41.almanac faq-41-42.patch -o faq-42.almanac
      """)

  @Argument(help: "The bundle that the patch starts from.", completion: .file(extensions: ["almanac"]))
  var old: String

  @Argument(help: "The patch.", completion: .file(extensions: ["patch"]))
  var patch: String

  @Option(name: [.short, .long], help: "Where to write the new bundle.", completion: .file(extensions: ["almanac"]))
  var output: String

  @Flag(help: "Print the result as JSON.")
  var json = false

  func run() throws {
    try refusing {
      let report = try PatchRun(stage: "patch").run { progress in
        try BundlePatch.apply(old: old, patch: patch, output: output, progress: progress)
      }
      print(
        json ? PatchRun.json(report, path: output) : "\(output): \(report.newBytes) bytes, root \(report.newRoot)")
    }
  }
}
