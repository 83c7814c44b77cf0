import BundleFormat

/// Which of many normal forms occur more than once.
struct RepeatedForms {
  /// Where each form occurs that occurs more than once, ascending.
  let groups: [[Int]]

  /// All those places with the number of their form in `groups`, ascending.
  var places: [(index: Int, group: Int)] {
    groups.enumerated().flatMap { group, indices in indices.map { ($0, group) } }.sorted { $0.index < $1.index }
  }

  /// Finds them by sorting 64-bit hashes: sixteen bytes a form, and no dictionary of all forms. Forms of equal hash are compared.
  init(_ forms: ByteStrings) {
    var keys = forms.indices.map { index in
      forms[index].withBytes { (KeyHash.of($0, domain: KeyHash.question), UInt32(index)) }
    }
    keys.sort { $0 < $1 }
    var candidates: [Int] = []
    for place in keys.indices {
      let isEqual = { (other: Int) in keys.indices.contains(other) && keys[other].0 == keys[place].0 }
      if isEqual(place - 1) || isEqual(place + 1) { candidates.append(Int(keys[place].1)) }
    }
    var places: [[UInt8]: Int] = [:]
    var found: [[Int]] = []
    for index in candidates.sorted() {
      let form = forms[index]
      if let place = places[form] {
        found[place].append(index)
      } else {
        places[form] = found.count
        found.append([index])
      }
    }
    groups = found.filter { $0.count > 1 }
  }
}
