/// A picture of a risk-coverage curve: across, the share of all requests that are answered wrongly; upwards, the share
/// of answerable requests that are answered rightly. The operating point and the allowed share are marked.
public struct CheckPlot: Sendable {
  let curve: RiskCoverageCurve
  let counts: CheckCounts
  let title: String
  /// The allowed share of wrong answers, in millionths of requests.
  let allowed: UInt32

  /// What stands in place of a curve if there is none.
  static let nothing = "No query expects an entry, so there is no curve."

  /// Prepares a plot of `report` under `title`; `allowed` is the budget in millionths of requests.
  public init(_ report: CheckReport, title: String, allowed: UInt32) {
    curve = report.curve
    counts = report.counts
    self.title = title
    self.allowed = allowed
  }

  /// The right end of the axis in per cent: 5, or more if the operating point lies beyond.
  var range: Int { [5, 10, 20, 50].first { counts.wrong * 100 <= $0 * counts.requests } ?? 100 }

  /// The per cents at which the axis is labelled.
  var ticks: [Int] { Array(stride(from: 0, through: range, by: range == 5 ? 1 : range / 5)) }

  /// Where a share of wrong answers lies on the axis, from 0 to 1 and beyond.
  func position(_ share: Double) -> Double { share * 100 / Double(range) }

  /// What the marks mean, without the marks.
  var pointLegend: String {
    "operating point: \(PercentText.of(counts.wrongShare)) wrong, \(PercentText.of(counts.served)) right"
  }

  var allowedLegend: String { "allowed: \(PercentText.of(millionths: allowed)) wrong" }
}
