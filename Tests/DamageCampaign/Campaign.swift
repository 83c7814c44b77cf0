import Foundation
import TestSupport

/// Starts workers, collects how their trials ended, and starts another one behind the trial that ended one.
struct Campaign: Sendable {
  let options: CampaignOptions

  func run() async throws -> Tally {
    let jobs = options.jobs
    return try await withThrowingTaskGroup(of: Tally.self) { group in
      for job in 0..<jobs {
        let from = options.first + options.count * job / jobs
        let to = options.first + options.count * (job + 1) / jobs
        group.addTask { try runTrials(from, to) }
      }
      var all = Tally()
      for try await tally in group { all.add(tally) }
      return all
    }
  }

  private func runTrials(_ from: Int, _ to: Int) throws -> Tally {
    var tally = Tally()
    var next = from
    while next < to {
      let before = next
      let process = Process()
      process.executableURL = URL(fileURLWithPath: "/proc/self/exe").resolvingSymlinksInPath()
      process.arguments = options.workerArguments(first: next, count: to - next)
      // The runtime's own handler can take minutes to print where a process ended.
      process.environment = ProcessInfo.processInfo.environment.merging(["SWIFT_BACKTRACE": "enable=no"]) { $1 }
      let pipe = Pipe()
      process.standardOutput = pipe
      try process.run()
      var pending = Data()
      while let part = try pipe.fileHandleForReading.read(upToCount: 65_536), !part.isEmpty {
        pending += part
        while let end = pending.firstIndex(of: UInt8(ascii: "\n")) {
          let fields = String(decoding: pending[pending.startIndex..<end], as: UTF8.self).split(separator: "\t")
          pending = Data(pending[(end + 1)...])
          guard fields.count == 3, let outcome = TrialOutcome(rawValue: String(fields[2])) else {
            throw CampaignFailure("a worker said something else: \(fields.joined(separator: " "))")
          }
          tally.add(String(fields[1]), outcome)
          next += 1
        }
      }
      process.waitUntilExit()
      if next < to {
        guard process.terminationReason == .uncaughtSignal else {
          throw CampaignFailure("a worker ended with \(process.terminationStatus) after \(next - before) trials")
        }
        print("trial \(next): the process ended by signal \(process.terminationStatus), seed \(options.seed)")
        tally.add("trial \(next)", .crashed)
        next += 1
      }
    }
    return tally
  }
}
