import BundleFormat
import CKernels

/// The exact scan of all vectors: the truth that an index is measured against, and the search of the self-test.
struct ExactScan: Sendable {
  private let vectors: VectorMatrix
  private let table: KernelTable
  private let norms: [Int32]

  /// Prepares to scan `vectors`. Linear in their number.
  init(_ vectors: VectorMatrix, _ table: KernelTable) {
    self.vectors = vectors
    self.table = table
    norms = (0..<vectors.count).map {
      table.kernels.pointee.dot(vectors.row($0), vectors.row($0), vectors.stride)
    }
  }

  /// The similarities of a query with all vectors, cosines in units of 1/65,536.
  func similarities(_ query: UnsafeMutablePointer<Int8>) -> [Int32] {
    let stride = vectors.stride
    var products = [Int32](repeating: 0, count: vectors.count)
    table.kernels.pointee.dot_rows(query, vectors.row(0), stride, vectors.count, &products)
    let norm = table.kernels.pointee.dot(query, query, stride)
    products.withUnsafeMutableBufferPointer { products in
      norms.withUnsafeBufferPointer { norms in
        for index in products.indices {
          products[index] = Int32(Cosine.units(product: products[index], norms: norm, norms[index]))
        }
      }
    }
    return products
  }

  /// The vector with the greatest cosine, the first of equals; `except` is passed over.
  func nearest(_ query: UnsafeMutablePointer<Int8>, except: Int? = nil) -> Int {
    let similarities = similarities(query)
    var best = except == 0 && vectors.count > 1 ? 1 : 0
    for index in similarities.indices where similarities[index] > similarities[best] && index != except {
      best = index
    }
    return best
  }
}
