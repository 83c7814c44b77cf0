import BundleCompiler
import BundleFormat

/// Which words two questions of a log share, and how much the rest says.
///
/// Vectors of short questions lie close together when only the word that matters differs ("symptoms", "vaccine"). A word is
/// matched by the same word, or in part by one whose vector is near. Words weigh what they say: those that are common in the
/// log or in English hardly count. Forms should have their spelling corrected before (`LogSpelling`).
struct WordAlignment: Sendable {
  private struct Word: Sendable {
    let text: [UInt8]
    let weight: Float
    let hasDigit: Bool
  }

  private let words: [Word]
  private let vectors: QuestionVectors
  // The words of each question, one question after the other.
  private let members: [Int32]
  private let starts: [Int]

  // Words up to this cosine have nothing in common that matters: cities of one country reach 0.7.
  private static let unlike: Float = 0.7

  /// Takes apart the normal forms of a log's questions.
  init(_ forms: [[UInt8]], _ encoder: PriorEncoder) {
    var places: [[UInt8]: Int32] = [:]
    var texts: [[UInt8]] = []
    var counts: [Int32] = []
    var members: [Int32] = []
    var starts = [0]
    var scanner = WordScanner()
    for form in forms {
      let start = members.count
      form.withBytes { bytes in
        scanner.begin(bytes)
        while let word = scanner.next() {
          let text = word.bytes.copied
          let place =
            places[text]
            ?? {
              places[text] = Int32(texts.count)
              texts.append(text)
              counts.append(0)
              return Int32(texts.count - 1)
            }()
          if !members[start...].contains(place) { counts[Int(place)] += 1 }
          members.append(place)
        }
      }
      starts.append(members.count)
    }
    self.members = members
    self.starts = starts
    vectors = encoder.vectors(of: texts)
    let rarest = Self.logarithm(2 * Double(forms.count + 1))
    let last = Self.logarithm(Double(encoder.pieceCount + 2))
    words = texts.indices.map { index in
      let own = Self.logarithm(Double(forms.count + 1) / (Double(counts[index]) + 0.5)) / rarest
      let rank = encoder.rank(of: texts[index])
      let general = rank.map { Self.logarithm(Double($0 + 2)) / last } ?? 1
      return Word(
        text: texts[index], weight: Float(max(0.01, own * general * general)),
        hasDigit: texts[index].contains { $0 >= 0x30 && $0 <= 0x39 })
    }
  }

  private static func logarithm(_ value: Double) -> Double { Platform.logarithm(value) }

  /// The share of the words' weight that is matched, in the question where it is less: 0…1.
  func share(_ first: Int, _ second: Int) -> Float {
    let left = members[starts[first]..<starts[first + 1]]
    let right = members[starts[second]..<starts[second + 1]]
    return min(matched(left, right), matched(right, left))
  }

  private func matched(_ left: ArraySlice<Int32>, _ right: ArraySlice<Int32>) -> Float {
    var total: Float = 0
    var found: Float = 0
    for index in left {
      let weight = words[Int(index)].weight
      total += weight
      found += weight * (right.contains(index) ? 1 : likeness(index, right))
    }
    return total > 0 ? found / total : 0
  }

  // How nearly the word is one of the others: words that mean the same have a cosine of one, others of one topic less.
  private func likeness(_ index: Int32, _ others: ArraySlice<Int32>) -> Float {
    guard !words[Int(index)].hasDigit else { return 0 }
    var best: Float = 0
    for other in others where !words[Int(other)].hasDigit { best = max(best, vectors.cosine(Int(index), Int(other))) }
    return max(0, (best - Self.unlike) / (1 - Self.unlike))
  }
}
