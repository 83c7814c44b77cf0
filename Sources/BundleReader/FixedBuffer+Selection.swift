import BundleFormat

extension FixedBuffer where Element == UInt64 {
  /// Moves the `wanted` greatest of the first `count` elements to the front, in no particular order.
  ///
  /// Quickselect with the median of three as pivot (Hoare, "Algorithm 65: Find", 1961). Linear on average; quadratic at
  /// worst, in a count that is a small constant.
  mutating func moveGreatest(_ wanted: Int, ofFirst count: Int) {
    let keys = unsafe unsafeStart
    var low = 0
    var high = Swift.min(count, capacity) - 1
    while low < high {
      let pivot = unsafe Self.median(keys[low], keys[low + (high - low) / 2], keys[high])
      var left = low
      var right = high
      while left <= right {
        while unsafe keys[left] > pivot { left += 1 }
        while unsafe keys[right] < pivot { right -= 1 }
        if left <= right {
          let key = unsafe keys[left]
          unsafe keys[left] = unsafe keys[right]
          unsafe keys[right] = key
          left += 1
          right -= 1
        }
      }
      if wanted - 1 <= right {
        high = right
      } else if wanted - 1 >= left {
        low = left
      } else {
        return
      }
    }
  }

  private static func median(_ first: UInt64, _ second: UInt64, _ third: UInt64) -> UInt64 {
    Swift.max(Swift.min(first, second), Swift.min(Swift.max(first, second), third))
  }
}
