import AnswerPipeline
import BundleCompiler
import BundleFormat
import BundleReader
import CKernels
import Terminal

/// One run of `bench`: everything measured, and how it is shown.
struct BenchRun {
  private let path: String
  private let layer: String?
  private let kernelName: String
  private let openMicroseconds: Double
  private let privateBytes: Int
  private let groups: [Group]
  private let firstRound: LatencySummary
  private let labelled: LabelledOutcome?

  /// Queries of one kind of outcome.
  private struct Group {
    let name: String
    let total: LatencySummary
    let stages: [LatencySummary]
    let queries: Int
  }

  private static let sampleSize = 2_000

  init(path: String, layer: String?, queries file: String?, rounds: Int, kernels: KernelChoice, now: Int64) throws {
    self.path = path
    self.layer = layer
    kernelName = String(
      cString: almanac_kernels_name(almanac_kernels_choose(kernels.level)?.pointee.level ?? ALMANAC_KERNELS_PORTABLE))
    var opens: [UInt64] = []
    for _ in 0..<21 {
      let start = almanac_monotonic_nanoseconds()
      _ = try openBundle(path, layer: layer, kernels: kernels)
      opens.append(almanac_monotonic_nanoseconds() - start)
    }
    openMicroseconds = LatencySummary(opens).microseconds(at: 0.5)
    let before = PrivateMemory.bytes
    let bundle = try openBundle(path, layer: layer, kernels: kernels)
    let replay = QueryReplay(bundle, now: now)
    let stored = try Self.storedQuestions(of: bundle)
    let labelledQueries = try file.map { try LabelledQueries(path: $0, bundle: bundle) }
    let asked = labelledQueries?.texts ?? stored.map(Self.withoutLastWord)
    let first = try replay.run(asked + stored, measuringStages: false).map(\.nanoseconds)
    // Later rounds add nothing but measurements.
    privateBytes = PrivateMemory.bytes - before
    firstRound = LatencySummary(first)
    var totals: [QueryReplay.Measurement] = []
    var staged: [QueryReplay.Measurement] = []
    for round in 1..<rounds {
      totals += try replay.run(asked + stored, measuringStages: false)
      if round % 2 == 0 || rounds == 2 { staged += try replay.run(asked + stored, measuringStages: true) }
    }
    groups = [("exact", MatchKind.exact), ("semantic", .semantic), ("fallback", nil)].map { name, kind in
      let mine = staged.filter { $0.kind == kind }
      let all = totals.filter { $0.kind == kind }
      return Group(
        name: name, total: LatencySummary(all.map(\.nanoseconds)),
        stages: StageTimes.Stage.allCases.map { stage in LatencySummary(mine.map { $0.stages[stage] }) },
        queries: all.count / (rounds - 1))
    }
    labelled = try labelledQueries.flatMap { labels in
      guard labels.isLabelled else { return nil }
      var outcome = LabelledOutcome()
      for (index, measurement) in try replay.run(labels.texts, measuringStages: false).enumerated() {
        outcome.add(expected: labels.rows[index].expected, answered: measurement.entry)
      }
      return outcome
    }
  }

  // Evenly spread over the bundle, so that neither chunks nor answers are all neighbours.
  private static func storedQuestions(of bundle: Bundle) throws -> [[UInt8]] {
    let step = max(1, bundle.questionCount / sampleSize)
    return try stride(from: 0, to: bundle.questionCount, by: step).compactMap {
      try bundle.isHole(question: UInt32($0)) ? nil : bundle.questionText(UInt32($0)).copied
    }
  }

  private static func withoutLastWord(_ question: [UInt8]) -> [UInt8] {
    guard let space = question.lastIndex(of: UInt8(ascii: " ")), space > 0 else { return question }
    return Array(question[..<space])
  }

  var text: String {
    let name = layer.map { "\(path) under \($0)" } ?? path
    var lines = ["\(name): \(kernelName) kernels, one thread"]
    lines.append("open       \(Figures.decimal(openMicroseconds, 0)) µs (median of 21, page cache warm)")
    lines.append("memory     \(Figures.bytes(privateBytes)) private for bundle and session, after the first round")
    var table = TextTable()
    table.add("µs", "queries", "p50", "p99", "normalise", "exact", "rules", "encode", "search", "decide", "decompress")
    for group in groups where group.queries > 0 {
      let stages = group.stages.map { Figures.decimal($0.microseconds(at: 0.5), 2) }
      table.add(
        group.name, "\(group.queries)", Figures.decimal(group.total.microseconds(at: 0.5), 2),
        Figures.decimal(group.total.microseconds(at: 0.99), 2), stages[0], stages[1], stages[2], stages[3], stages[4],
        stages[5], stages[6])
    }
    lines.append(table.text)
    lines.append(
      "first      \(firstRound.count) queries after open: p50 \(Figures.decimal(firstRound.microseconds(at: 0.5), 2)) µs, "
        + "p99 \(Figures.decimal(firstRound.microseconds(at: 0.99), 2)) µs (chunks checked on first touch)")
    if let labelled {
      lines.append(
        "labelled   \(labelled.count): \(labelled.right) right, \(labelled.wrong) wrong, \(labelled.missed) missed, "
          + "\(labelled.refused) rightly refused")
    }
    return lines.joined(separator: "\n")
  }

  var json: String {
    var object = JSONObject()
    object.add("bundle", path)
    if let layer { object.add("layer", layer) }
    object.add("kernels", kernelName)
    object.add("open_micros", openMicroseconds, places: 1)
    object.add("private_bytes", privateBytes)
    object.add("first_p50_micros", firstRound.microseconds(at: 0.5), places: 2)
    object.add("first_p99_micros", firstRound.microseconds(at: 0.99), places: 2)
    for group in groups where group.queries > 0 {
      var member = JSONObject()
      member.add("queries", group.queries)
      member.add("p50_micros", group.total.microseconds(at: 0.5), places: 3)
      member.add("p99_micros", group.total.microseconds(at: 0.99), places: 3)
      for (index, stage) in StageTimes.Stage.allCases.enumerated() {
        member.add("\(stage)_p50_micros", group.stages[index].microseconds(at: 0.5), places: 3)
      }
      object.add(group.name, member)
    }
    if let labelled {
      var member = JSONObject()
      member.add("right", labelled.right)
      member.add("wrong", labelled.wrong)
      member.add("missed", labelled.missed)
      member.add("refused", labelled.refused)
      object.add("labelled", member)
    }
    return object.text
  }
}
