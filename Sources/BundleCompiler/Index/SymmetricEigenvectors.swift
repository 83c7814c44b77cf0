/// The eigenvectors of a symmetric matrix, in IEEE double and a fixed order of operations.
///
/// Householder tridiagonalisation and the implicit QL algorithm: the procedures tred2 and tql2 of Bowdler, Martin, Reinsch and
/// Wilkinson, Handbook for Automatic Computation, 1971, as in EISPACK. Cubic in the size.
struct SymmetricEigenvectors {
  /// The eigenvalues, the greatest first.
  private(set) var values: [Double]
  /// The eigenvectors of length one in the same order, one after the other.
  private(set) var vectors: [Double]

  /// Decomposes the matrix of `size` × `size` elements.
  init(_ matrix: [Double], size: Int) {
    var basis = matrix
    var diagonal = [Double](repeating: 0, count: size)
    var side = [Double](repeating: 0, count: size)
    basis.withUnsafeMutableBufferPointer { basis in
      diagonal.withUnsafeMutableBufferPointer { diagonal in
        side.withUnsafeMutableBufferPointer { side in
          Self.tridiagonalize(basis, diagonal, side, size)
          Self.diagonalize(basis, diagonal, side, size)
        }
      }
    }
    let order = (0..<size).sorted { (diagonal[$1], $0) < (diagonal[$0], $1) }
    values = order.map { diagonal[$0] }
    vectors = []
    vectors.reserveCapacity(size * size)
    for vector in order { vectors.append(contentsOf: basis[vector * size..<(vector + 1) * size]) }
  }

  // Element (k, j) of the basis is v[j * n + k]: the inner loops run along columns.
  private static func tridiagonalize(
    _ v: UnsafeMutableBufferPointer<Double>, _ d: UnsafeMutableBufferPointer<Double>,
    _ e: UnsafeMutableBufferPointer<Double>, _ n: Int
  ) {
    for j in 0..<n { d[j] = v[j * n + n - 1] }
    for i in stride(from: n - 1, to: 0, by: -1) {
      var scale = 0.0
      var h = 0.0
      for k in 0..<i { scale += d[k].magnitude }
      if scale == 0 {
        e[i] = d[i - 1]
        for j in 0..<i {
          d[j] = v[j * n + i - 1]
          v[j * n + i] = 0
          v[i * n + j] = 0
        }
      } else {
        for k in 0..<i {
          d[k] /= scale
          h += d[k] * d[k]
        }
        var f = d[i - 1]
        var g = f > 0 ? -h.squareRoot() : h.squareRoot()
        e[i] = scale * g
        h -= f * g
        d[i - 1] = f - g
        for j in 0..<i { e[j] = 0 }
        for j in 0..<i {
          f = d[j]
          v[i * n + j] = f
          g = e[j] + v[j * n + j] * f
          for k in (j + 1)..<max(i, j + 1) {
            g += v[j * n + k] * d[k]
            e[k] += v[j * n + k] * f
          }
          e[j] = g
        }
        f = 0
        for j in 0..<i {
          e[j] /= h
          f += e[j] * d[j]
        }
        let hh = f / (h + h)
        for j in 0..<i { e[j] -= hh * d[j] }
        for j in 0..<i {
          f = d[j]
          g = e[j]
          for k in j..<i { v[j * n + k] -= f * e[k] + g * d[k] }
          d[j] = v[j * n + i - 1]
          v[j * n + i] = 0
        }
      }
      d[i] = h
    }
    for i in 0..<max(n - 1, 0) {
      v[i * n + n - 1] = v[i * n + i]
      v[i * n + i] = 1
      let h = d[i + 1]
      if h != 0 {
        for k in 0...i { d[k] = v[(i + 1) * n + k] / h }
        for j in 0...i {
          var g = 0.0
          for k in 0...i { g += v[(i + 1) * n + k] * v[j * n + k] }
          for k in 0...i { v[j * n + k] -= g * d[k] }
        }
      }
      for k in 0...i { v[(i + 1) * n + k] = 0 }
    }
    for j in 0..<n {
      d[j] = v[j * n + n - 1]
      v[j * n + n - 1] = 0
    }
    v[n * n - 1] = 1
    e[0] = 0
  }

  private static func diagonalize(
    _ v: UnsafeMutableBufferPointer<Double>, _ d: UnsafeMutableBufferPointer<Double>,
    _ e: UnsafeMutableBufferPointer<Double>, _ n: Int
  ) {
    for i in 1..<max(n, 1) { e[i - 1] = e[i] }
    e[n - 1] = 0
    var f = 0.0
    var largest = 0.0
    let precision = 0x1p-52
    for l in 0..<n {
      largest = max(largest, d[l].magnitude + e[l].magnitude)
      var m = l
      while m < n - 1, e[m].magnitude > precision * largest { m += 1 }
      var rounds = 0
      while m > l, e[l].magnitude > precision * largest, rounds < 64 {
        rounds += 1
        var g = d[l]
        var p = (d[l + 1] - g) / (2 * e[l])
        var r = (p * p + 1).squareRoot()
        if p < 0 { r = -r }
        d[l] = e[l] / (p + r)
        d[l + 1] = e[l] * (p + r)
        let next = d[l + 1]
        var h = g - d[l]
        for i in (l + 2)..<max(n, l + 2) { d[i] -= h }
        f += h
        p = d[m]
        var c = 1.0
        var c2 = c
        var c3 = c
        let following = e[l + 1]
        var s = 0.0
        var s2 = 0.0
        for i in stride(from: m - 1, through: l, by: -1) {
          c3 = c2
          c2 = c
          s2 = s
          g = c * e[i]
          h = c * p
          r = (p * p + e[i] * e[i]).squareRoot()
          e[i + 1] = s * r
          s = e[i] / r
          c = p / r
          p = c * d[i] - s * g
          d[i + 1] = h + s * (c * g + s * d[i])
          for k in 0..<n {
            let above = v[(i + 1) * n + k]
            v[(i + 1) * n + k] = s * v[i * n + k] + c * above
            v[i * n + k] = c * v[i * n + k] - s * above
          }
        }
        p = -s * s2 * c3 * following * e[l] / next
        e[l] = s * p
        d[l] = c * p
      }
      d[l] += f
      e[l] = 0
    }
  }
}
