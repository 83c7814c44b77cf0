import BundleFormat

/// How much each piece of a vocabulary says about what is asked.
///
/// The mean of two inverse frequencies, each a logarithm scaled to reach one: how many of the bundle's own questions have the
/// piece, and its place in the prior, which knows it from a great many others. A bundle about cards makes "card" light; the prior
/// makes "the" light even in a bundle of fifty questions.
enum PieceWeights {
  /// The weights of the pieces chosen by `builder`, 0…65,535.
  static func of(_ builder: VocabularyBuilder, _ texts: TokenizedTexts, priorCount: Int) -> [UInt16] {
    var frequencies = [Int](repeating: 0, count: builder.vocabulary.pieces.count)
    for text in 0..<texts.count {
      for piece in Set(texts.pieces[texts.range(text)]) { frequencies[Int(piece)] += 1 }
    }
    let rarest = logarithm(2 * Double(texts.count + 1))
    let last = logarithm(Double(2 + priorCount))
    return frequencies.enumerated().map { piece, frequency in
      let own = logarithm(Double(texts.count + 1) / (Double(frequency) + 0.5)) / rarest
      let origins = builder.origins[piece]
      let general = origins.count == 1 ? logarithm(Double(2 + origins[0])) / last : 1
      return UInt16((min(max((own + general) / 2, 0), 1) * 65_535).rounded(.toNearestOrEven))
    }
  }

  /// The natural logarithm of a positive number by the series of the inverse hyperbolic tangent: the C library's may differ
  /// between machines in the last bit.
  static func logarithm(_ value: Double) -> Double {
    let significand = value.significand
    let ratio = (significand - 1) / (significand + 1)
    let square = ratio * ratio
    var power = ratio
    var sum = 0.0
    for odd in stride(from: 1.0, through: 31, by: 2) {
      sum += power / odd
      power *= square
    }
    return 2 * sum + Double(value.exponent) * 0.693_147_180_559_945_3
  }
}
