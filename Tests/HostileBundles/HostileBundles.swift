import Foundation
import TestSupport

/// `hostile-bundles`: writes the bad bundles of `Tests/Conformance/bad` for hosts that are not written in Swift.
@main
struct HostileBundles {
  private static let usage = """
    usage: hostile-bundles groups               the groups of bad bundles, one a line
           hostile-bundles write GROUP FOLDER   writes NAME.almanac for each bundle of the group, and the questions to ask
                                                each in questions.json
           hostile-bundles check                what this build of the library makes of them, held against
                                                Tests/Conformance/bad
           hostile-bundles update               writes Tests/Conformance/bad anew

    """

  static func main() {
    do {
      let arguments = Array(CommandLine.arguments.dropFirst())
      switch arguments.first {
      case "groups" where arguments.count == 1:
        var seen: Set<Substring> = []
        for bundle in HostileBundle.all where seen.insert(group(bundle)).inserted { print(group(bundle)) }
      case "write" where arguments.count == 3: try write(arguments[1], to: arguments[2])
      case "check" where arguments.count == 1: exit(try check() ? 0 : 1)
      case "update" where arguments.count == 1: try HostileOutcome.write(outcomes())
      default:
        FileHandle.standardError.write(Data(usage.utf8))
        exit(64)
      }
    } catch {
      FileHandle.standardError.write(Data("error: \(error)\n".utf8))
      exit(1)
    }
  }

  private static func check() throws -> Bool {
    let expected = try HostileOutcome.expected()
    let found = try outcomes()
    let wrong = found.filter { $0.outcome != expected[$0.name] }
    for (name, outcome) in wrong {
      print("\(name): \(outcome), expected \(expected[name].map { "\($0)" } ?? "nothing")")
    }
    print("\(found.count) bad bundles: \(found.count - wrong.count) as expected, \(wrong.count) not")
    return wrong.isEmpty && expected.count == found.count
  }

  private static func outcomes() throws -> [(name: String, outcome: HostileOutcome)] {
    let folder = try TemporaryFolder()
    let path = folder.file("bad.almanac")
    let good = try HostileBundle.Base.allCases.map { try contents(Repository.path("spec/v1/vectors/\($0).almanac")) }
    return try HostileBundle.all.map { bundle in
      let base = HostileBundle.Base.allCases.firstIndex(of: bundle.base) ?? 0
      // Said first, so that it is known which one ended the process.
      FileHandle.standardError.write(Data("\(bundle.name)\u{1B}[K\r".utf8))
      try Data(bundle.bytes(from: good[base])).write(to: URL(fileURLWithPath: path))
      return (bundle.name, try HostileOutcome.of(path, bundle.base.questions))
    }
  }

  private static func group(_ bundle: HostileBundle) -> Substring { bundle.name.prefix { $0 != "/" } }

  private static func write(_ wanted: String, to folder: String) throws {
    var questions: [String: [String]] = [:]
    for base in HostileBundle.Base.allCases {
      let good = try contents(Repository.path("spec/v1/vectors/\(base.rawValue).almanac"))
      for bundle in HostileBundle.all where bundle.base == base && group(bundle) == wanted {
        let name = bundle.name.dropFirst(wanted.count + 1)
        try Data(bundle.bytes(from: good)).write(to: URL(fileURLWithPath: "\(folder)/\(name).almanac"))
        questions[bundle.name] = base.questions
      }
    }
    let text = try JSONSerialization.data(withJSONObject: questions, options: .sortedKeys)
    try text.write(to: URL(fileURLWithPath: "\(folder)/questions.json"))
  }
}
