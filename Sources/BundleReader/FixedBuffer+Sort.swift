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
}
