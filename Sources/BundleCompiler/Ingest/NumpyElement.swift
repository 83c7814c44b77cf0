import BundleFormat

/// A type of element that `.npy` files of embeddings may have.
enum NumpyElement: Equatable {
  case int8
  case float16
  case float32
  case float64

  private static let remedy = "save it as int8 or as little-endian float16, float32 or float64 (array.astype('<f4'))"

  /// Reads the `descr` of a header, such as `'<f4'`.
  init(_ descr: NumpyHeaderLiteral.Value, place: InputPlace) throws(InputError) {
    guard case .string(let name) = descr else {
      throw place.error("the array has records with named fields, not numbers", do: Self.remedy)
    }
    switch name {
    case "|i1", "<i1", "i1": self = .int8
    case "<f2": self = .float16
    case "<f4": self = .float32
    case "<f8": self = .float64
    case "|O", "O": throw place.error("the array holds Python objects (dtype 'object')", do: Self.remedy)
    case _ where name.hasPrefix(">"): throw place.error("the array is big-endian (dtype '\(name)')", do: Self.remedy)
    default: throw place.error("the array has the unknown dtype '\(name)'", do: Self.remedy)
    }
  }

  /// The size of an element in bytes.
  var size: Int {
    switch self {
    case .int8: 1
    case .float16: 2
    case .float32: 4
    case .float64: 8
    }
  }

  /// Whether vectors of such elements are kept or quantised.
  var kind: VectorKind { self == .int8 ? .int8 : .float }

  /// Writes the elements of `row` to the front of `values`, which has at least as many. Every value is exact.
  func decode(_ row: Bytes, into values: inout [Double]) {
    let count = min(row.count / size, values.count)
    switch self {
    case .int8:
      for index in 0..<count { values[index] = Double(Int8(bitPattern: row[index])) }
    case .float16:
      for index in 0..<count {
        values[index] = Double(Self.widened(row.integer(at: 2 * index) ?? 0))
      }
    case .float32:
      for index in 0..<count { values[index] = Double(Float(bitPattern: row.integer(at: 4 * index) ?? 0)) }
    case .float64:
      for index in 0..<count { values[index] = Double(bitPattern: row.integer(at: 8 * index) ?? 0) }
    }
  }

  /// The value of an IEEE half. By hand, since `Float16` does not exist on every platform the compiler runs on.
  static func widened(_ half: UInt16) -> Float {
    let sign = UInt32(half & 0x8000) << 16
    let exponent = UInt32(half >> 10) & 0x1F
    let fraction = UInt32(half & 0x3FF)
    switch exponent {
    case 0: return Float(sign: sign == 0 ? .plus : .minus, exponent: -24, significand: Float(fraction))
    case 0x1F: return Float(bitPattern: sign | 0x7F80_0000 | fraction << 13)
    default: return Float(bitPattern: sign | (exponent + 112) << 23 | fraction << 13)
    }
  }
}
