import BundleFormat
import Foundation
import TestSupport
import Testing

@testable import BundleCompiler

/// What many questions have in common weighs little, and the weights are the same on every machine.
@Suite struct PieceWeightsTests {
  @Test func theLogarithmIsTheNaturalOne() {
    var random = SeededRandom()
    var worst = 0.0
    for _ in 0..<20_000 {
      let value = exp(Double.random(in: 1e-3...40, using: &random))
      worst = max(worst, abs(PieceWeights.logarithm(value) - log(value)) / log(value))
    }
    for value in [1.5, 2, 2.5, 3, 1023.999, 1024, 1e6, 1e15, Double(UInt32.max)] {
      worst = max(worst, abs(PieceWeights.logarithm(value) - log(value)) / log(value))
    }
    #expect(worst < 1e-12, "seed \(random.seed)")
    #expect(PieceWeights.logarithm(1) == 0)
    for value in [0.5, 0.1, 1e-9] { #expect(abs(PieceWeights.logarithm(value) - log(value)) < 1e-12 * abs(log(value))) }
  }

  /// Texts over a prior whose words are "wa", "wb" …, the earlier the more frequent, and a few words it knows in parts only.
  private static func sample(texts count: Int, seed: UInt64) -> (VocabularyBuilder, TokenizedTexts, [[UInt8]], Int) {
    var random = SeededRandom(seed: seed)
    let letters = Array(UInt8(ascii: "a")...UInt8(ascii: "z"))
    var pieces = letters.map { Prior.Piece(text: [UInt8(ascii: "w"), $0], isStart: true) }
    pieces += letters.map { Prior.Piece(text: [$0], isStart: false) }
    let prior = Prior(
      pieces: pieces, dimensions: 4, model: "made-up",
      rows: (0..<4 * pieces.count).map { _ in Float.random(in: -1...1, using: &random) })
    let forms = (0..<count).map { _ -> [UInt8] in
      let words = (0..<Int.random(in: 1...6, using: &random)).map { _ -> [UInt8] in
        let rank = min(Int.random(in: 0..<26, using: &random), Int.random(in: 0..<26, using: &random))
        let word = [UInt8(ascii: "w"), letters[rank]]
        return Bool.random(using: &random) ? word : word + [letters[rank / 4]]
      }
      return Array(words.joined(separator: [UInt8(ascii: " ")]))
    }
    let builder = VocabularyBuilder(normalForms: forms, prior: prior, stride: 64, maximumBytes: 1 << 20)
    return (builder, TokenizedTexts(normalForms: forms, vocabulary: builder.vocabulary), forms, pieces.count)
  }

  @Test(arguments: [1, 2, 50, 400])
  func frequentPiecesAreLighterThanRareOnes(count: Int) {
    let (builder, texts, _, priorCount) = Self.sample(texts: count, seed: UInt64(count))
    let weights = PieceWeights.of(builder, texts, priorCount: priorCount)
    #expect(weights.count == builder.vocabulary.pieces.count)
    var frequencies = [Int](repeating: 0, count: weights.count)
    for text in 0..<texts.count { for piece in Set(texts.pieces[texts.range(text)]) { frequencies[Int(piece)] += 1 } }
    var distinct = 0
    for first in weights.indices {
      for second in weights.indices where frequencies[first] > frequencies[second] {
        // Of two pieces the prior's view counts as well; where it agrees or is silent, the bundle's own decides.
        let (left, right) = (builder.origins[first], builder.origins[second])
        let isComparable =
          left.count == 1 && (right.count > 1 || left[0] <= right[0]) || left.count > 1 && right.count > 1
        if isComparable {
          #expect(weights[first] < weights[second])
          distinct += 1
        }
      }
    }
    #expect(distinct > 0)
  }

  @Test func everyCallGivesTheSameWeights() {
    let (builder, texts, _, priorCount) = Self.sample(texts: 200, seed: 9)
    let first = PieceWeights.of(builder, texts, priorCount: priorCount)
    let results = SharedArray<[UInt16]>(count: 4, [])
    inParallel(4) { results[$0] = PieceWeights.of(builder, texts, priorCount: priorCount) }
    for number in 0..<4 { #expect(results[number] == first) }
    let (again, sameTexts, _, _) = Self.sample(texts: 200, seed: 9)
    #expect(PieceWeights.of(again, sameTexts, priorCount: priorCount) == first)
  }

  @Test func aPieceInEveryQuestionAndFirstInThePriorWeighsNearlyNothing() {
    let prior = Prior(
      pieces: [
        Prior.Piece(text: Array("the".utf8), isStart: true), Prior.Piece(text: Array("quay".utf8), isStart: true),
      ]
        + (0..<500).map { Prior.Piece(text: Array("x\($0)".utf8), isStart: true) },
      dimensions: 1, model: "made-up", rows: [Float](repeating: 1, count: 502))
    let forms = (0..<300).map { Array(($0 == 7 ? "the quay" : "the").utf8) }
    let builder = VocabularyBuilder(normalForms: forms, prior: prior, stride: 64, maximumBytes: 1 << 20)
    let texts = TokenizedTexts(normalForms: forms, vocabulary: builder.vocabulary)
    let weights = PieceWeights.of(builder, texts, priorCount: 502)
    #expect(weights[0] < 6_500)
    #expect(weights[1] > 21_000)
    #expect(weights.last.map { $0 > 59_000 } == true, "one that neither knows well")
  }

  @Test func storedPiecesAreThoseOfEachText() {
    let (_, texts, forms, _) = Self.sample(texts: 60, seed: 4)
    let stored = StoredPieces(texts)
    for text in forms.indices {
      let run = stored.run(text)
      let expected = texts.pieces[texts.range(text)].map { UInt32($0) }
      #expect(run.count == 4 * expected.count)
      #expect(expected.indices.map { run.integer(at: 4 * $0, as: UInt32.self) } == expected)
    }
  }

  @Test func theJudgeOfThisBuildFitsItsEvidence() throws {
    #expect(try JudgeWeights.model().treeCount > 0)
    #expect(try JudgeWeights.model().bytes == JudgeWeights.bytes)
  }
}
