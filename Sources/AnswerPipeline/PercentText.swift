/// Shares as percentages that people read.
public enum PercentText {
  /// A share in three or four digits: `0.34 %`, `41.2 %`, `99.72 %`; a dash if there is none. Only nothing is `0 %`,
  /// and only all is `100 %`.
  public static func of(_ share: Double?) -> String {
    guard let share, !share.isNaN else { return "–" }
    if share <= 0 { return "0 %" }
    if share >= 1 { return "100 %" }
    let hundredths = Int((share * 10_000).rounded())
    if hundredths == 0 { return "<0.01 %" }
    if hundredths == 10_000 { return ">99.99 %" }
    guard (1_000..<9_900).contains(hundredths) else {
      return "\(hundredths / 100).\(hundredths / 10 % 10)\(hundredths % 10) %"
    }
    let tenths = Int((share * 1_000).rounded())
    return "\(tenths / 10).\(tenths % 10) %"
  }

  /// Millionths exactly, in as few digits as they take: `1 %`, `0.5 %`.
  public static func of(millionths: UInt32) -> String {
    var decimals = String(millionths % 10_000 + 10_000).dropFirst()
    while decimals.last == "0" { decimals.removeLast() }
    return decimals.isEmpty ? "\(millionths / 10_000) %" : "\(millionths / 10_000).\(decimals) %"
  }
}
