import Foundation
import TestSupport

/// `damage-campaign`: damages a bundle in many ways and asks a reader; see `CampaignOptions.usage` and `tools/campaigns`.
@main
struct DamageCampaign {
  static func main() async {
    do {
      let options = try CampaignOptions(Array(CommandLine.arguments.dropFirst()))
      if options.isWorker {
        try Worker(options).run()
      } else {
        exit(try await report(options) ? 0 : 1)
      }
    } catch {
      FileHandle.standardError.write(Data("error: \(error)\n\(CampaignOptions.usage)".utf8))
      exit(64)
    }
  }

  /// Runs the campaign and prints its table. Whether it found nothing wrong.
  private static func report(_ options: CampaignOptions) async throws -> Bool {
    let start = Date()
    let tally = try await Campaign(options: options).run()
    let noticed = tally.total(.refused) + tally.total(.damaged)
    let share = tally.trials == 0 ? 0 : Double(noticed) / Double(tally.trials)
    let head = options.kind == .flips ? "place of the bit" : "damage"
    let text = """
      \(tally.table(head))
      \(tally.trials) trials, seed \(options.seed), \(options.queries) queries in each; the damage was met in \
      \(String(format: "%.1f", 100 * share)) %.

      """
    print(text, terminator: "")
    print("\(Int(-start.timeIntervalSinceNow)) s")
    if let path = options.markdown {
      let before = (try? contents(path)) ?? []
      let name = URL(fileURLWithPath: options.bundles[0]).lastPathComponent
      let companion =
        switch options.companion {
        case .none: ""
        case .base: ", a layer"
        case .layer: ", under a layer"
        }
      let heading =
        "\(options.kind.rawValue.capitalized): \(name)\(companion)"
        + (options.reader == nil ? "" : ", asked by almanac-reader")
      try Data(before + Array("\n### \(heading)\n\n\(text)".utf8)).write(to: URL(fileURLWithPath: path))
    }
    return tally.total(.changed) == 0 && tally.total(.crashed) == 0
  }
}
