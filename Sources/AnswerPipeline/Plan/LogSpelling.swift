import BundleCompiler
import BundleFormat

/// How a log's users spell its words: what is a slip of a more common word, and what is one word written as two.
///
/// A word that the encoder does not know whole, and that is one slip (two from eight letters on) away from one that was asked
/// eight times as often, is taken for it. Two neighbours that together make a word of the log are
/// joined. Words with digits stay: 2019 is no slip of 2020.
struct LogSpelling {
  private var corrections: [[UInt8]: [UInt8]] = [:]
  private var joins: [[UInt8]: Set<[UInt8]>] = [:]

  // Targets of corrections: this many of the most common words, of at least this length.
  private static let targets = 8_192
  private static let shortest = 4
  private static let excess = 8.0
  private static let leastJoined = 2.0

  /// Learns from the normal forms of a log's questions.
  ///
  /// - Parameter asked: How often each was asked.
  init(_ forms: [[UInt8]], _ asked: [Double], _ encoder: PriorEncoder) {
    var counts: [[UInt8]: Double] = [:]
    for (form, count) in zip(forms, asked) { for word in Set(Self.words(form)) { counts[word, default: 0] += count } }
    let common = counts.filter { $0.key.count >= Self.shortest && $0.value > Self.excess && !Self.hasDigit($0.key) }
      .sorted { $0.value != $1.value ? $0.value > $1.value : $0.key.lexicographicallyPrecedes($1.key) }
      .prefix(Self.targets)
    // Symmetric deletes (Garbe, 2012): two words a slip apart have a common form with a letter or two left out.
    var index: [[UInt8]: [Int]] = [:]
    for (target, word) in common.enumerated() {
      for form in Self.deletions(word.key) { index[form, default: []].append(target) }
    }
    for (word, count) in counts
    where word.count >= Self.shortest && !Self.hasDigit(word) && encoder.rank(of: word) == nil {
      var best: Int?
      for form in Self.deletions(word) {
        for target in index[form] ?? [] where common[target].value > Self.excess * count {
          if target < best ?? Int.max, WordDistance.isNear(word, common[target].key) { best = target }
        }
      }
      if let best { corrections[word] = common[best].key }
    }
    for form in forms {
      let words = Self.words(form)
      for (left, right) in zip(words, words.dropFirst()) where counts[left + right, default: 0] >= Self.leastJoined {
        joins[left, default: []].insert(right)
      }
    }
  }

  /// The normal form with its words corrected and joined.
  func corrected(_ form: [UInt8]) -> [UInt8] {
    let words = Self.words(form).map { corrections[$0] ?? $0 }
    var result: [[UInt8]] = []
    for word in words {
      if let last = result.last, joins[last]?.contains(word) ?? false {
        result[result.count - 1] = corrections[last + word] ?? last + word
      } else {
        result.append(word)
      }
    }
    return Array(result.joined(separator: [0x20]))
  }

  private static func words(_ form: [UInt8]) -> [[UInt8]] { form.split(separator: 0x20).map(Array.init) }

  private static func hasDigit(_ word: [UInt8]) -> Bool { word.contains { $0 >= 0x30 && $0 <= 0x39 } }

  private static func deletions(_ word: [UInt8]) -> Set<[UInt8]> {
    var forms: Set<[UInt8]> = [word]
    for _ in 0..<(word.count >= WordDistance.long ? 2 : 1) {
      for form in forms where form.count > 2 {
        for place in form.indices {
          var shorter = form
          shorter.remove(at: place)
          forms.insert(shorter)
        }
      }
    }
    return forms
  }
}

/// How many slips of the hand lie between two words.
enum WordDistance {
  /// From this length on two slips are allowed.
  static let long = 8

  /// Whether two words are one slip apart, or two if both are long.
  static func isNear(_ first: [UInt8], _ second: [UInt8]) -> Bool {
    let shorter = min(first.count, second.count)
    let allowed = shorter >= long ? 2 : shorter >= 4 ? 1 : 0
    guard abs(first.count - second.count) <= allowed else { return false }
    return distance(first, second) <= allowed
  }

  // Insertions, deletions, substitutions and swaps of neighbours (Damerau, 1964, optimal string alignment).
  private static func distance(_ first: [UInt8], _ second: [UInt8]) -> Int {
    var before: [Int] = []
    var above = Array(0...second.count)
    for row in first.indices {
      var line = [row + 1]
      line.reserveCapacity(second.count + 1)
      for column in second.indices {
        var least = min(
          above[column + 1] + 1, line[column] + 1, above[column] + (first[row] == second[column] ? 0 : 1))
        if row > 0, column > 0, first[row] == second[column - 1], first[row - 1] == second[column] {
          least = min(least, before[column - 1] + 1)
        }
        line.append(least)
      }
      before = above
      above = line
    }
    return above[second.count]
  }
}
