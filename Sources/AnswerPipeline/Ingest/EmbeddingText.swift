import BundleCompiler
import BundleFormat
import Foundation

/// Reads embeddings as services write them, and writes them as recipes read them.
enum EmbeddingText {
  /// The vector in `value`: an array of numbers, or base64 of little-endian single-precision floats.
  static func vector(_ value: JSONValue?) throws(MalformedResult) -> [Float] {
    var vector: [Float] = []
    switch value {
    case .array(let numbers):
      vector.reserveCapacity(numbers.count)
      for number in numbers {
        guard let number = number.double else { throw MalformedResult("an embedding holds \(number.kind)") }
        vector.append(Float(number))
      }
    case .string(let text):
      guard let bytes = Data(base64Encoded: text), bytes.count % 4 == 0 else {
        throw MalformedResult("an embedding is a text, but not base64 of 32-bit floats")
      }
      vector = [UInt8](bytes).withBytes { bytes in
        (0..<bytes.count / 4).map { Float(bitPattern: bytes.integer(at: 4 * $0, as: UInt32.self) ?? 0) }
      }
    default: throw MalformedResult("an embedding is missing")
    }
    guard InputLimits.standard.width.contains(vector.count) else {
      let width = InputLimits.standard.width
      throw MalformedResult("an embedding has \(vector.count) numbers, not \(width.lowerBound) to \(width.upperBound)")
    }
    guard vector.allSatisfy(\.isFinite) else { throw MalformedResult("an embedding holds a number that is not finite") }
    return vector
  }

  /// The vector as a JSON array, each number in the shortest form that reads back the same.
  static func json(_ vector: [Float]) -> String {
    "[" + vector.map { $0 == $0.rounded() && abs($0) < 1e6 ? "\(Int($0)).0" : "\($0)" }.joined(separator: ",") + "]"
  }
}
