/// What an entry is valid for, or a request asks for: keys and values as `key 0 value 0 key 0 value 0 …`, sorted by key.
public enum ScopeText {
  /// Whether a request's scope contradicts an entry's: some key of the entry has another value in the request.
  ///
  /// Keys that only one of them has do not matter. O(product of the numbers of keys), both small.
  public static func contradicts(entry: Bytes, request: Bytes) -> Bool {
    var offset = 0
    while let pair = next(entry, &offset) {
      var other = 0
      while let asked = next(request, &other) {
        if asked.key.equals(pair.key), !asked.value.equals(pair.value) { return true }
      }
    }
    return false
  }

  /// The pair at `offset`, which moves on; `nil` at the end or where the text is malformed.
  public static func next(_ scope: Bytes, _ offset: inout Int) -> (key: Bytes, value: Bytes)? {
    guard let key = part(scope, &offset), let value = part(scope, &offset) else { return nil }
    return (key, value)
  }

  private static func part(_ scope: Bytes, _ offset: inout Int) -> Bytes? {
    var end = offset
    while end < scope.count, scope[end] != 0 { end += 1 }
    guard end < scope.count, let part = scope.slice(offset, end - offset) else { return nil }
    offset = end + 1
    return part
  }
}
