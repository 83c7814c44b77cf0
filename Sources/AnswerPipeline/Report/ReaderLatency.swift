import BundleCompiler
import BundleFormat

/// How long readers took to answer, as they measured it: from the metrics file of `almanac-reader --stats`, or from its
/// replies.
struct ReaderLatency: Equatable {
  /// The number of requests measured.
  private(set) var count = 0.0
  /// Their mean in microseconds.
  private(set) var mean = 0.0
  /// Shares and the microseconds that they do not exceed; of a histogram, the upper ends of its steps.
  private(set) var quantiles: [(share: Double, microseconds: Double)] = []
  /// The file's name without its folder.
  let name: String
  /// Lines that say nothing of latency.
  private(set) var passedOver = 0

  static let shares = [0.5, 0.95, 0.99]
  private static let metric = "almanac_request_duration_seconds"

  static func == (left: ReaderLatency, right: ReaderLatency) -> Bool {
    left.count == right.count && left.mean == right.mean && left.quantiles.elementsEqual(right.quantiles, by: ==)
  }

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

  private mutating func readMetrics(_ lines: [Substring]) {
    var steps: [(bound: Double, count: Double)] = []
    var sum = 0.0
    for line in lines where line.hasPrefix(Self.metric) {
      guard let value = line.split(separator: " ").last.flatMap({ Double($0) }) else { continue }
      if let start = line.firstRange(of: "le=\"")?.upperBound, let end = line[start...].firstIndex(of: "\"") {
        let bound = line[start..<end]
        steps.append((bound == "+Inf" ? .infinity : (Double(bound) ?? .infinity) * 1e6, value))
      } else if line.hasPrefix(Self.metric + "_sum") {
        sum = value * 1e6
      } else if line.hasPrefix(Self.metric + "_count") {
        count = value
      }
    }
    guard count > 0 else { return }
    mean = sum / count
    // Counts of a Prometheus histogram are cumulative.
    quantiles = Self.shares.compactMap { share in
      steps.first { $0.count >= share * count }.map { (share, $0.bound) }
    }
    quantiles.removeAll { $0.microseconds == .infinity }
  }

  private mutating func readReplies(_ lines: [Substring]) {
    var micros: [Double] = []
    for line in lines {
      let value = Array(line.utf8).withBytes { try? JSONParser.parse($0) }
      if let number = value?["micros"]?.double, number >= 0 { micros.append(number) } else { passedOver += 1 }
    }
    guard !micros.isEmpty else { return }
    micros.sort()
    count = Double(micros.count)
    mean = micros.reduce(0, +) / count
    quantiles = Self.shares.map { share in
      (share, micros[min(Int(share * count), micros.count - 1)])
    }
  }
}
