import BundleCompiler

/// How far several answers to one question say the same, from their words.
///
/// Of two answers it is the F1 of their words as multisets, or of the words with digits as sets if that is less: answers that
/// differ in a number differ in what matters. Word forms, order and negation do not count, so this finds answers that have
/// nothing to do with each other, not subtle contradictions.
struct AnswerAgreement {
  /// The mean over all pairs: 0…1.
  let mean: Double
  /// The index of the answer that agrees most with the others; the first of equals.
  let representative: Int

  /// The most answers that are compared with each other.
  static let limit = 32

  /// Compares `answers`, of which there must be one at least.
  init(_ answers: [String]) {
    // Nearly all questions have one answer, whose words nobody needs.
    let words = answers.count > 1 ? answers.prefix(Self.limit).map(AnswerWords.init) : []
    var sums = [Double](repeating: 0, count: words.count)
    for left in words.indices {
      for right in words.indices.dropFirst(left + 1) {
        let agreement = words[left].agreement(words[right])
        sums[left] += agreement
        sums[right] += agreement
      }
    }
    let pairs = Double(words.count * (words.count - 1))
    mean = pairs > 0 ? sums.reduce(0, +) / pairs : 1
    var best = 0
    for index in sums.indices where sums[index] > sums[best] { best = index }
    representative = best
  }
}

/// The words of an answer, counted.
struct AnswerWords: Equatable {
  private var counts: [ExactText: Int] = [:]
  private var total = 0

  /// Letters and digits make words; in scripts without spaces each character is one.
  init(_ text: String) {
    var word = ""
    for scalar in text.lowercased().unicodeScalars {
      if scalar.isASCII {
        if scalar.value >= 0x61 && scalar.value <= 0x7A || scalar.value >= 0x30 && scalar.value <= 0x39 {
          word.unicodeScalars.append(scalar)
        } else {
          add(&word)
        }
      } else if scalar.properties.isIdeographic {
        add(&word)
        word.unicodeScalars.append(scalar)
        add(&word)
      } else if scalar.properties.isAlphabetic || scalar.properties.numericType != nil {
        word.unicodeScalars.append(scalar)
      } else {
        add(&word)
      }
    }
    add(&word)
  }

  private mutating func add(_ word: inout String) {
    guard !word.isEmpty else { return }
    counts[ExactText(word), default: 0] += 1
    total += 1
    word = ""
  }

  /// How far two answers agree: 0…1.
  func agreement(_ other: AnswerWords) -> Double {
    guard total + other.total > 0 else { return 1 }
    let shared = counts.reduce(0) { $0 + min($1.value, other.counts[$1.key] ?? 0) }
    let words = 2 * Double(shared) / Double(total + other.total)
    let (left, right) = (numbers, other.numbers)
    guard !left.isEmpty || !right.isEmpty else { return words }
    return min(words, 2 * Double(left.intersection(right).count) / Double(left.count + right.count))
  }

  private var numbers: Set<ExactText> {
    Set(counts.keys.filter { $0.text.unicodeScalars.contains { $0.properties.numericType != nil } })
  }
}
