import BundleCompiler
import BundleFormat

/// How long readers took to answer, as they measured it: from the metrics file of `almanac-reader --stats`, or from its
/// replies.
struct ReaderLatency {
  /// The number of requests measured.
  private(set) var count = 0.0
  /// Their mean in microseconds.
  private(set) var mean = 0.0
  // Microseconds, rising, and how many requests took no longer.
  private var steps: [(microseconds: Double, count: Double)] = []
  /// The file's name without its folder.
  let name: String
  static let shares = [0.5, 0.95, 0.99]
  private static let metric = "almanac_request_duration_seconds"

  /// Reads the file at `path`.
  ///
  /// - Throws: `InputError` if it cannot be read or has no latency in it.
  init(path: String) throws(InputError) {
    name = path.lastPathComponent
    let lines = String(decoding: try TextFile.read(path), as: UTF8.self).split(whereSeparator: \.isNewline)
    if lines.contains(where: { $0.hasPrefix(Self.metric) }) { readMetrics(lines) } else { readReplies(lines) }
    guard count > 0 else {
      throw InputError(
        file: path, problem: "the file has no latencies",
        remedy: "give what almanac-reader wrote with --stats, or its replies with their \"micros\"")
    }
  }

  /// The microseconds that `share` of the requests did not exceed; of a histogram, the upper end of the step. `nil` if that is
  /// its last, open one.
  func quantile(_ share: Double) -> Double? {
    steps.first { $0.count >= share * count }.flatMap { $0.microseconds == .infinity ? nil : $0.microseconds }
  }

  private mutating func readMetrics(_ lines: [Substring]) {
    var sum = 0.0
    for line in lines where line.hasPrefix(Self.metric) {
      guard let value = line.split(separator: " ").last.flatMap({ Double($0) }) else { continue }
      if let start = line.firstRange(of: "le=\"")?.upperBound, let end = line[start...].firstIndex(of: "\"") {
        let bound = line[start..<end]
        // Counts of a Prometheus histogram are cumulative.
        steps.append((bound == "+Inf" ? .infinity : (Double(bound) ?? .infinity) * 1e6, value))
      } else if line.hasPrefix(Self.metric + "_sum") {
        sum = value * 1e6
      } else if line.hasPrefix(Self.metric + "_count") {
        count = value
      }
    }
    guard count > 0 else { return }
    mean = sum / count
  }

  private mutating func readReplies(_ lines: [Substring]) {
    var micros: [Double] = []
    for line in lines {
      let value = Array(line.utf8).withBytes { try? JSONParser.parse($0) }
      if let number = value?["micros"]?.double, number >= 0 { micros.append(number) }
    }
    guard !micros.isEmpty else { return }
    micros.sort()
    count = Double(micros.count)
    mean = micros.reduce(0, +) / count
    steps = micros.enumerated().map { ($1, Double($0 + 1)) }
  }
}
