import ArgumentParser
import BundleFormat
import Terminal

struct VerifyCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "verify",
    abstract: "Check every byte of a bundle against its hash tree.",
    discussion: """
      Lists the damaged 4 KiB chunks, if any. Exit codes: 0 whole, 2 damaged, 1 not a bundle at all.

      Example: almanac verify dev-faq.almanac
      """)

  @Argument(help: "The bundle.", completion: .file(extensions: ["almanac"]))
  var bundle: String

  @Flag(help: "Print the result as JSON.")
  var json = false

  func run() throws {
    try refusing {
      var damaged: [UInt64] = []
      var refusal: String?
      do {
        _ = try openBundle(bundle).verify { damaged.append($0) }
      } catch let error as RefusedBundle {
        // Damage in what every query needs already shows at open; anything else is not a bundle.
        guard case .damagedChunk(let index) = error.reason else { throw error }
        damaged.append(index)
        refusal = error.description
      }
      if json {
        var object = JSONObject()
        object.add("whole", damaged.isEmpty)
        object.add("damaged_chunks", raw: "[" + damaged.map { "\($0)" }.joined(separator: ",") + "]")
        print(object.text)
      } else if damaged.isEmpty {
        print("\(bundle): whole")
      } else {
        for chunk in damaged { print("damaged: chunk \(chunk), bytes \(chunk * 4096)…\(chunk * 4096 + 4095)") }
        if refusal != nil { print("the bundle cannot be opened at all; there may be more damage") }
      }
      if !damaged.isEmpty {
        Terminal.writeError(
          "error: \(bundle) is damaged in \(damaged.count) place\(damaged.count == 1 ? "" : "s"); fetch it again\n")
        throw ExitCode(2)
      }
    }
  }
}
