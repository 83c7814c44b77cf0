import ArgumentParser
import BundleFormat
import BundleReader
import Terminal

struct InspectCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "inspect",
    abstract: "Show what is in a bundle.",
    discussion: """
      Without options a summary. --json prints the manifest, --dump entries or questions one JSON object a line, --entry one \
      entry with its answer.

      Example: almanac inspect dev-faq.almanac --dump entries | head
      """)

  /// What `--dump` prints.
  enum Dump: String, ExpressibleByArgument, CaseIterable {
    case entries, questions
  }

  @Argument(help: "The bundle.", completion: .file(extensions: ["almanac"]))
  var bundle: String

  @Flag(help: "Print the manifest as JSON.")
  var json = false

  @Option(help: "Print all entries or all questions, one JSON object a line.")
  var dump: Dump?

  @Flag(help: "Print every input that the bundle was made from, with its digest (BLAKE2b-256).")
  var provenance = false

  @Option(help: "Print the entry with this id, its questions' normal forms aside.")
  var entry: String?

  func run() throws {
    try refusing {
      let opened = try openBundle(bundle, isInspected: true)
      if json {
        print(String(decoding: try opened.segment(.metaManifest, 0).copied, as: UTF8.self), terminator: "")
      } else if provenance {
        print(try ProvenanceText(opened).text)
      } else if let entry {
        try printEntry(entry, of: opened)
      } else if let dump {
        try printAll(dump, of: opened)
      } else {
        print(BundleSummary(opened, path: bundle).text)
      }
    }
  }

  private func printEntry(_ id: String, of bundle: Bundle) throws {
    guard let ordinal = try Array(id.utf8).withBytes({ try bundle.entryOrdinal(id: $0) }) else {
      Terminal.writeError("error: no entry \(id) in \(self.bundle); list the ids with --dump entries\n")
      throw ExitCode(1)
    }
    let (object, answer) = try EntryDump(bundle).object(ordinal, withAnswer: true)
    print(object.text)
    if let answer { print(answer) }
  }

  private func printAll(_ dump: Dump, of bundle: Bundle) throws {
    let entries = EntryDump(bundle)
    switch dump {
    case .entries:
      for ordinal in 0..<UInt32(bundle.entryCount) where try !bundle.isHole(entry: ordinal) {
        print(try entries.object(ordinal, withAnswer: false).object.text)
      }
    case .questions:
      for ordinal in 0..<UInt32(bundle.questionCount) where try !bundle.isHole(question: ordinal) {
        print(try entries.question(ordinal).text)
      }
    }
  }
}

/// Opens a bundle by its path as a Swift string, naming the path if it is refused.
///
/// - Parameters:
///   - layer: A layer over it, which then answers with it; `nil` for the bundle alone.
///   - isInspected: Whether a layer may be opened alone, to be looked at.
func openBundle(
  _ path: String, layer: String? = nil, mode: OpenMode = .lazy, kernels: KernelChoice = .auto,
  isInspected: Bool = false
) throws -> Bundle {
  guard kernels.isAvailable else { throw ValidationError("this processor lacks \(kernels.rawValue); choose auto") }
  var opened = path
  do throws(BundleError) {
    let bundle = try Bundle.open(path, isInspected: isInspected, mode: mode, level: kernels.level)
    guard let layer else { return bundle }
    opened = layer
    return try Bundle.open(layer, over: bundle, mode: mode, level: kernels.level)
  } catch {
    throw RefusedBundle(path: opened, reason: error)
  }
}

/// A bundle that could not be opened.
struct RefusedBundle: Error, CustomStringConvertible {
  let path: String
  let reason: BundleError

  var description: String { "\(path): \(reason)" }
}
