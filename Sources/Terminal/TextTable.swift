/// Rows of cells as aligned text: the first column to the left, the others to the right.
public struct TextTable {
  private var rows: [[String]] = []

  public init() {}

  /// Adds a row.
  public mutating func add(_ cells: String...) { rows.append(cells) }

  /// The rows, a line each, indented by two spaces.
  public var text: String {
    let columns = rows.map(\.count).max() ?? 0
    let widths = (0..<columns).map { column in rows.map { column < $0.count ? $0[column].count : 0 }.max() ?? 0 }
    return rows.map { row in
      let cells = row.enumerated().map { column, cell in
        let space = String(repeating: " ", count: widths[column] - cell.count)
        return column == 0 ? cell + space : space + cell
      }
      return "  " + cells.joined(separator: "  ")
    }.joined(separator: "\n")
  }
}

/// Numbers as people read them.
public enum Figures {
  /// A number of bytes with three digits: `1.42 MB`.
  public static func bytes(_ count: Int) -> String {
    let units = ["B", "kB", "MB", "GB", "TB"]
    var value = Double(count)
    var unit = 0
    while value >= 1000, unit < units.count - 1 {
      value /= 1000
      unit += 1
    }
    return unit == 0 ? "\(count) B" : "\(decimal(value, value < 10 ? 2 : value < 100 ? 1 : 0)) \(units[unit])"
  }

  /// A share as a percentage: `12.5 %`.
  public static func percent(_ share: Double, places: Int = 1) -> String { "\(decimal(share * 100, places)) %" }

  /// A number with a fixed number of decimal places, at most six.
  public static func decimal(_ value: Double, _ places: Int) -> String {
    var factor = 1.0
    for _ in 0..<places { factor *= 10 }
    let scaled = Int64((abs(value) * factor).rounded())
    let whole = "\(scaled / Int64(factor))"
    let sign = value < 0 && scaled > 0 ? "-" : ""
    guard places > 0 else { return sign + whole }
    let rest = "\(scaled % Int64(factor))"
    return sign + whole + "." + String(repeating: "0", count: places - rest.count) + rest
  }

  /// A whole number with thin groups of three digits: `34,247`.
  public static func count(_ value: Int) -> String {
    var text = ""
    for (index, digit) in "\(abs(value))".reversed().enumerated() {
      if index > 0, index % 3 == 0 { text.append(",") }
      text.append(digit)
    }
    return (value < 0 ? "-" : "") + String(text.reversed())
  }
}
