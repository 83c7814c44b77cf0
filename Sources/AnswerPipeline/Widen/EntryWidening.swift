import BundleCompiler
import BundleFormat
import Foundation

/// Writes the requests that ask a model for further wordings of entries, and for questions they must not be mistaken for.
///
/// `ingest` takes the results back with the list of entries that is written beside the requests.
public struct EntryWidening {
  /// How requests look, and how much each asks for.
  public struct Options: Sendable {
    /// The service, models and prompts.
    public var requests = RequestRecipe()
    /// How many rewordings and near misses are asked for, for each entry.
    public var rewordings = 10
    public var nearMisses = 5
    /// Entries that have this many wordings already are left out; `nil` for none.
    public var enough: Int?
    /// The folder that `${data}` stands for in a recipe's paths.
    public var dataFolder: String?

    public init() {}
  }

  /// What was written, in figures.
  public struct Report: Sendable {
    /// Entries that requests were written for, those that answer exact matches only, and those with wordings enough.
    public var entries = 0
    public var exactOnly = 0
    public var enough = 0
    /// The wordings that the entries have now.
    public var wordings = 0
    public var requests = 0
    public var files: [String] = []
  }

  private let options: Options

  public init(_ options: Options) { self.options = options }

  /// Reads the entries of `source` and writes `widen.jsonl` and the request files into `folder`; all or none.
  ///
  /// - Parameter source: A bundle, a recipe, or a JSONL file of entries.
  /// - Throws: `InputError`, `BundleError`, `OutputError`.
  public func run(_ source: String, into folder: String) throws -> Report {
    let read = try WidenedEntries(source, dataFolder: options.dataFolder)
    var report = Report()
    report.exactOnly = read.exactOnly
    try OutputFiles.makeFolder(folder)
    let files = OutputFiles()
    let list = try files.create("\(folder)/\(WideningIndex.fileName)")
    var asked: [(id: String, entry: WidenedEntry)] = []
    var taken: Set<String> = []
    for entry in read.entries {
      let isEnough = options.enough.map { entry.questions.count >= $0 } ?? false
      let id = isEnough ? nil : RequestIdentifier.of(entry.id, prefix: "w", domain: KeyHash.entryID, &taken)
      // Entries that are not asked about are listed too: what is nearer to one of them is no rewording.
      list.writeLine(WideningIndex.line(request: id, entry))
      report.wordings += entry.questions.count
      if let id { asked.append((id, entry)) } else { report.enough += 1 }
    }
    report.entries = asked.count
    let requests = RequestFiles(folder, files, options.requests)
    report.requests = try requests.write(asked.map { (id: $0.id, route: $0.entry.route) }) { index, route in
      route.widenPrompt.prompt(
        asked[index].entry, rewordings: options.rewordings, nearMisses: options.nearMisses)
    }
    requests.removeOthers()
    try files.publish()
    report.files = files.names
    return report
  }
}
