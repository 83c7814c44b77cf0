import BundleFormat
import CKernels

/// Finds the route of a fallback from labelled examples: what the nearest of them agree on. Owns its working memory.
///
/// All examples are compared with the query, in the order in which they are stored, so the cost grows with their number
/// only, and only fallbacks bear it.
struct RouteExamples: ~Copyable {
  /// The most examples of a bundle.
  static let maximumCount = 4_096
  /// The size in bytes of an element of `decision/route-labels`.
  static let labelSize = 2
  /// How many of the nearest examples are asked.
  private static let neighbours = 5
  /// The number of rows compared at once.
  private static let batch = 256

  private let bundle: Bundle
  private let count: Int
  private var products: FixedBuffer<Int32>
  // The nearest so far, the best first: product and row of each in one integer, ordered by product, then by lower row.
  private var nearest: FixedBuffer<UInt64>

  init(_ bundle: Bundle) {
    self.bundle = bundle
    count = bundle.count(.decisionRouteExamples)
    products = FixedBuffer(capacity: count > 0 ? Self.batch : 0)
    nearest = FixedBuffer(capacity: Self.neighbours)
  }

  /// The route that more than half of the nearest examples carry, of those that are as near to `query` as a suggestion has
  /// to be; `nil` if there are none or they differ.
  ///
  /// - Throws: `malformedSection` or `damagedChunk`.
  mutating func route(of query: borrowing FixedBuffer<Int8>) throws(BundleError) -> UInt16? {
    guard count > 0 else { return nil }
    let found = try findNearest(query)
    let stride = bundle.encoder.stride
    let norm = unsafe bundle.kernels.pointee.dot(query.unsafeStart, query.unsafeStart, stride)
    var near = 0
    // The route that leads a count of votes in which each other vote cancels one; if any has more than half, it is this one.
    var leading: UInt16?
    var lead = 0
    for place in 0..<found {
      let row = try bundle.element(.decisionRouteExamples, Self.row(nearest[place]))
      let rowNorm = unsafe Self.norm(row, bundle.kernels, stride)
      let cosine = Cosine.units(product: Self.product(nearest[place]), norms: norm, rowNorm)
      guard cosine >= bundle.decision.suggestionFloor else { continue }
      nearest[near] = nearest[place]
      near += 1
      let label = try label(nearest[place])
      if lead == 0 { leading = label }
      lead += label == leading ? 1 : -1
    }
    var votes = 0
    for place in 0..<near where try label(nearest[place]) == leading { votes += 1 }
    guard let leading, 2 * votes > near, Int(leading) < bundle.routes.count else { return nil }
    return leading
  }

  // Fills `nearest` and returns how many there are.
  private mutating func findNearest(_ query: borrowing FixedBuffer<Int8>) throws(BundleError) -> Int {
    let stride = bundle.encoder.stride
    var found = 0
    var first = 0
    while first < count {
      let run = try bundle.run(.decisionRouteExamples, first: first, count: min(Self.batch, count - first))
      unsafe bundle.kernels.pointee.dot_rows(
        query.unsafeStart, run.bytes.unsafeStart.assumingMemoryBound(to: Int8.self), stride, run.count,
        products.unsafeStart)
      for index in 0..<run.count {
        let key = Self.key(products[index], row: first + index)
        if found == Self.neighbours, key < nearest[found - 1] { continue }
        if found < Self.neighbours { found += 1 }
        var place = found - 1
        while place > 0, nearest[place - 1] < key {
          nearest[place] = nearest[place - 1]
          place -= 1
        }
        nearest[place] = key
      }
      first += run.count
    }
    return found
  }

  private func label(_ key: UInt64) throws(BundleError) -> UInt16 {
    guard let label: UInt16 = try bundle.element(.decisionRouteLabels, Self.row(key)).integer(at: 0) else {
      throw .malformedSection(.decisionRouteLabels)
    }
    return label
  }

  private static func norm(_ row: Bytes, _ kernels: UnsafePointer<almanac_kernels>, _ stride: Int) -> Int32 {
    let start = unsafe row.unsafeStart.assumingMemoryBound(to: Int8.self)
    return unsafe kernels.pointee.dot(start, start, stride)
  }

  private static func key(_ product: Int32, row: Int) -> UInt64 {
    UInt64(UInt32(bitPattern: product) ^ 0x8000_0000) << 32 | UInt64(~UInt32(truncatingIfNeeded: row))
  }

  private static func product(_ key: UInt64) -> Int32 {
    Int32(bitPattern: UInt32(truncatingIfNeeded: key >> 32) ^ 0x8000_0000)
  }

  private static func row(_ key: UInt64) -> Int { Int(~UInt32(truncatingIfNeeded: key)) }
}
