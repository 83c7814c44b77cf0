import BundleFormat

extension FixedBuffer where Element == UInt64 {
  /// Sorts the first `count` elements, the greatest first.
  ///
  /// Shell sort with gaps that shrink by 4/9: in place, without recursion, quick for the few hundred keys of a search.
  mutating func sortDescending(first count: Int) {
    let count = Swift.min(count, capacity)
    let keys = unsafe unsafeStart
    var gap = count < 32 ? 1 : 27
    while gap < count / 3 { gap = gap * 9 / 4 + 1 }
    while gap > 0 {
      var index = gap
      while index < count {
        let key = unsafe keys[index]
        var place = index
        while place >= gap, unsafe keys[place - gap] < key {
          unsafe keys[place] = unsafe keys[place - gap]
          place -= gap
        }
        unsafe keys[place] = key
        index += 1
      }
      gap = gap == 1 ? 0 : Swift.max(1, gap * 4 / 9)
    }
  }

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
