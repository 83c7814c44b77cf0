/// The embeddings that stand in the lines of one JSONL file.
///
/// They are kept as `Float` until all are known and can be quantised together: four times the memory of the finished
/// rows. Large sets belong in `.npy` files, which are read twice instead.
struct InlineVectors {
  /// The file, for errors.
  let path: String
  /// The line of each vector.
  private(set) var lines: [Int] = []
  /// The number of components of every vector; 0 while there is none.
  private(set) var width = 0
  private var components: [Float] = []
  private var isInt8 = true

  init(path: String) { self.path = path }

  var rows: Int { lines.count }

  /// Whether all components are whole numbers written without a point that fit int8. Anything else makes all of them floats.
  var kind: VectorKind { isInt8 ? .int8 : .float }

  /// Adds the vector in the field `embedding` of `record`.
  mutating func append(_ value: JSONValue, _ record: JSONRecord, limits: InputLimits) throws(InputError) {
    guard case .array(let numbers) = value else { throw record.wrongType("embedding", value, "an array of numbers") }
    guard limits.width.contains(numbers.count), rows == 0 || numbers.count == width else {
      let bounds = "\(limits.width.lowerBound) to \(limits.width.upperBound)"
      let wanted = rows == 0 ? bounds : "\(width) as in line \(lines[0])"
      throw record.place.error(
        "the embedding has \(numbers.count) numbers, not \(wanted)", do: "give every vector the same width")
    }
    width = numbers.count
    lines.append(record.place.line ?? 0)
    for (index, number) in numbers.enumerated() {
      switch number {
      case .integer(let integer):
        if !(-128...127).contains(integer) { isInt8 = false }
        components.append(Float(integer))
      case .number(let real):
        isInt8 = false
        guard Float(real).isFinite else {
          throw record.place.error(
            "number \(index + 1) of the embedding is too large for a float", do: "check how it was made")
        }
        components.append(Float(real))
      default:
        throw record.place.error(
          "number \(index + 1) of the embedding is \(number.kind)", do: "write an array of numbers")
      }
    }
  }

  /// Calls `body` with the index and the components of every vector, in order.
  func forEachRow(_ body: (Int, [Double]) throws(InputError) -> Void) throws(InputError) {
    var values = [Double](repeating: 0, count: width)
    for row in lines.indices {
      for column in 0..<width { values[column] = Double(components[row * width + column]) }
      try body(row, values)
    }
  }
}
