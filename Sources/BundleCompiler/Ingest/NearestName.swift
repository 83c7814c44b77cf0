/// Finds the name that was probably meant, for errors about unknown ones.
enum NearestName {
  /// The candidate with the fewest edits from `name`, the earliest of equals, or `nil` if none is near enough to suggest.
  static func of(_ name: String, among candidates: [String]) -> String? {
    var best: (name: String, edits: Int)?
    for candidate in candidates {
      let edits = distance(Array(name.lowercased()), Array(candidate))
      // A third of the letters wrong is still recognisable; more is another word.
      guard edits <= max(1, max(candidate.count, name.count) / 3) else { continue }
      if edits < best?.edits ?? Int.max { best = (candidate, edits) }
    }
    return best?.name
  }

  /// The number of characters inserted, deleted, replaced, or swapped with their neighbour (optimal string alignment).
  static func distance(_ left: [Character], _ right: [Character]) -> Int {
    var beforePrevious = [Int](repeating: 0, count: right.count + 1)
    var previous = Array(0...right.count)
    for row in left.indices {
      var current = [row + 1] + [Int](repeating: 0, count: right.count)
      for column in right.indices {
        let replaced = previous[column] + (left[row] == right[column] ? 0 : 1)
        current[column + 1] = min(replaced, previous[column + 1] + 1, current[column] + 1)
        if row > 0, column > 0, left[row] == right[column - 1], left[row - 1] == right[column] {
          current[column + 1] = min(current[column + 1], beforePrevious[column - 1] + 1)
        }
      }
      (beforePrevious, previous) = (previous, current)
    }
    return previous[right.count]
  }
}
