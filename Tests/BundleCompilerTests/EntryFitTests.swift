import BundleFormat
import BundleReader
import CKernels
import Foundation
import TestSupport
import Testing

// Foundation has a Bundle too.
import class BundleReader.Bundle

@testable import BundleCompiler

/// Vectors of entries are the same however they are made, tell entries apart, and exist only where they mean something.
@Suite struct EntryFitTests {
  /// Questions of `entries` entries, `wordings` each: two words of the entry's own and one of all.
  private struct Sample {
    var texts: TokenizedTexts
    var owners: [UInt32] = []
    var table: PieceTable
    var targets: VectorMatrix

    init(entries: Int, wordings: Int, dimensions: Int = 24) {
      var vocabulary = Vocabulary(capacity: 4 * entries + wordings)
      func word(_ kind: String, _ number: Int) -> [UInt8] {
        Array(
          (kind + String(UnicodeScalar(UInt8(97 + number / 26))) + String(UnicodeScalar(UInt8(97 + number % 26)))).utf8)
      }
      var forms: [[UInt8]] = []
      for entry in 0..<entries {
        for wording in 0..<wordings {
          let words = [word("own", entry), word("other", (entry * 7 + wording) % entries), word("all", wording)]
          for word in words { _ = vocabulary.add(Prior.Piece(text: word, isStart: true)) }
          forms.append(Array(words.joined(separator: [UInt8(ascii: " ")])))
          owners.append(UInt32(entry))
        }
      }
      texts = TokenizedTexts(normalForms: forms, vocabulary: vocabulary)
      var random = SeededRandom(seed: 3)
      table = PieceTable(count: vocabulary.pieces.count, dimensions: dimensions)
      for index in table.values.indices { table.values[index] = Float.random(in: -1...1, using: &random) }
      targets = VectorMatrix(count: forms.count, dimensions: dimensions)
      for question in forms.indices {
        for component in 0..<dimensions {
          targets.row(question)[component] = Int8.random(in: -100...100, using: &random)
        }
      }
    }

    func classes(_ entries: Int) -> EntryClasses? { EntryClasses(owners: owners, groups: owners, entryCount: entries) }
  }

  private static func numbers(_ rows: FloatRows) -> [UInt32] {
    (0..<rows.count).flatMap { row in (0..<8 * rows.groups).map { rows[row, $0].bitPattern } }
  }

  @Test func theExponentialIsAccurateToThreePartsInTenMillion() {
    var worst = 0.0
    for step in 0..<160_000 {
      let exponent = -Float(step) / 2_048
      let exact = exp(Double(exponent))
      worst = max(worst, abs(Double(Exponential.ofNegative(exponent)) - exact) / exact)
    }
    #expect(worst < 3e-7)
    #expect(Exponential.ofNegative(0) == 1)
    #expect(Exponential.ofNegative(-1_000) == 0)
    #expect(Exponential.ofNegative(-.infinity) == 0)
  }

  @Test func equalFitsOnSeveralThreadsGiveEqualBits() throws {
    let sample = Sample(entries: 40, wordings: 8)
    let classes = try #require(sample.classes(40))
    let results = SharedArray<[UInt32]>(count: 4, [])
    let table = sample.table
    let (texts, targets) = (sample.texts, sample.targets)
    inParallel(4) { number in
      let fitted = EntryFit().fit(
        table, texts: texts, targets: targets, classes: classes, included: { _ in true }, endOfPass: {})
      results[number] = Self.numbers(fitted.classes) + fitted.pieces.values.map(\.bitPattern)
    }
    for number in 1..<4 { #expect(results[number] == results[0]) }
  }

  @Test func rowsThatRestMoveAsIfEveryStepHadBeenMade() {
    let (steps, gradientSteps) = (40, [1, 4, 5, 20])
    func slope(_ step: Int) -> FloatRows {
      let gradient = FloatRows(count: 1, dimensions: 8)
      if gradientSteps.contains(step) {
        for component in 0..<8 { gradient[0, component] = Float(component) - 3.5 + Float(step) }
      }
      return gradient
    }
    var (lazy, eager) = (
      SparseAdam(FloatRows(count: 1, dimensions: 8), rate: 0.1, steps: steps),
      SparseAdam(FloatRows(count: 1, dimensions: 8), rate: 0.1, steps: steps)
    )
    for step in 1...steps {
      let gradient = slope(step)
      eager.settle(0, before: step)
      eager.push(0, gradient.row(0), step: step)
      if gradientSteps.contains(step) {
        lazy.settle(0, before: step)
        lazy.push(0, gradient.row(0), step: step)
      }
    }
    lazy.settle(0, before: steps + 1)
    eager.settle(0, before: steps + 1)
    for component in 0..<8 {
      let (first, second) = (lazy.values[0, component], eager.values[0, component])
      #expect(abs(first - second) < 1e-3 * max(abs(second), 0.1))
    }
  }

  @Test func questionsPointAtTheirOwnEntry() throws {
    let count = 40
    let sample = Sample(entries: count, wordings: 8)
    let classes = try #require(sample.classes(count))
    let fitted = EntryFit().fit(
      sample.table, texts: sample.texts, targets: sample.targets, classes: classes, included: { _ in true },
      endOfPass: {})
    let kernels = try #require(Kernels(ALMANAC_KERNELS_PORTABLE))
    let vectors = EntryVectors(fitted.classes, dimensions: 24, classes: classes)
    let encoded = QuantizedPieces(fitted.pieces, kernels: kernels).encode(
      sample.texts, Array(0..<sample.texts.count))
    var right = 0
    for question in 0..<sample.texts.count {
      let query = encoded.row(question)
      let norm = kernels.squaredNorm(query)
      let scores = (0..<count).map { entry in
        EntrySimilarity.units(
          product: kernels.dot(query, vectors.rows.row(entry)), queryNorm: norm,
          scale: vectors.scales[entry])
      }
      if scores.firstIndex(of: scores.max()!) == Int(sample.owners[question]) { right += 1 }
    }
    #expect(Double(right) > 0.9 * Double(sample.texts.count))
  }

  @Test func hiddenEntriesHaveNoVector() throws {
    let sample = Sample(entries: 12, wordings: 4)
    let classes = try #require(sample.classes(12))
    let fitted = EntryFit().fit(
      sample.table, texts: sample.texts, targets: sample.targets, classes: classes,
      included: { sample.owners[$0] % 4 != 1 }, endOfPass: {})
    let vectors = EntryVectors(fitted.classes, dimensions: 24, classes: classes)
    for entry in 0..<12 { #expect((vectors.scales[entry] == 0) == (entry % 4 == 1)) }
  }

  @Test func manyClassesAreToldApartAFewAtATime() throws {
    // Pairs of wordings, more classes than go into one softmax.
    let count = EntryClasses.maximumTogether + 76
    let owners = (0..<2 * count).map { UInt32($0 / 2) }
    let classes = try #require(EntryClasses(owners: owners, groups: owners, entryCount: count))
    var vocabulary = Vocabulary(capacity: 100)
    for number in 0..<34 {
      _ = vocabulary.add(
        Prior.Piece(
          text: [UInt8(ascii: "a") + UInt8(number % 17), UInt8(ascii: "a") + UInt8(number / 17)], isStart: true))
    }
    let forms = owners.map { owner in
      Array(
        "\(String(UnicodeScalar(UInt8(97 + Int(owner) % 17))))a \(String(UnicodeScalar(UInt8(97 + Int(owner) / 17 % 17))))b"
          .utf8)
    }
    var table = PieceTable(count: vocabulary.pieces.count, dimensions: 16)
    var random = SeededRandom(seed: 5)
    for index in table.values.indices { table.values[index] = Float.random(in: -1...1, using: &random) }
    let fitted = EntryFit().fit(
      table, texts: TokenizedTexts(normalForms: forms, vocabulary: vocabulary),
      targets: VectorMatrix(count: forms.count, dimensions: 16), classes: classes, included: { _ in true },
      endOfPass: {})
    #expect(fitted.classes.count == count)
    let vectors = EntryVectors(fitted.classes, dimensions: 16, classes: classes)
    #expect(vectors.scales.allSatisfy { $0 > 0 })
  }

  @Test func classesNeedSeveralWordings() {
    let flag = QuestionRecord.distractorFlag
    #expect(EntryClasses(owners: [0, 1, 2], groups: [0, 1, 2], entryCount: 3) == nil)
    #expect(EntryClasses(owners: [0, 0, 0], groups: [0, 0, 0], entryCount: 1) == nil)
    let owners: [UInt32] = [0, 0, 0, 1, 2, 2, flag]
    let classes = EntryClasses(owners: owners, groups: owners, entryCount: 3)
    #expect(classes?.ofEntry == [0, -1, 1])
    #expect(classes?.ofQuestion == [0, 0, 0, 2, 1, 1, 3])
    // Entries 1 and 2 share a wording: one class, but only entry 2 has several wordings of its own.
    let groups: [UInt32] = [0, 0, 0, 1, 1, 1, flag]
    let shared = EntryClasses(owners: owners, groups: groups, entryCount: 3)
    #expect(shared?.ofQuestion == [0, 0, 0, 1, 1, 1, 2])
    #expect(shared?.ofEntry == [0, -1, 1])
  }

  @Test func bundlesHoldVectorsOnlyWhereEntriesHaveSeveralWordings() throws {
    let folder = try TemporaryFolder()
    let several = try Bundle.open(try SampleBundle.wordings(in: folder))
    #expect(several.count(.entryVectors) == 11)
    for entry in 0..<UInt32(10) { #expect(try several.entryVector(entry) != nil) }
    #expect(try several.entryVector(10) == nil)
    #expect(throws: BundleError.self) { _ = try several.entryVector(11) }
    let single = try Bundle.open(try SampleBundle.lists(in: folder))
    #expect(single.count(.entryVectors) == 0)
    #expect(single.count(.entryVectorScales) == 0)
    #expect(try single.entryVector(0) == nil)
  }

  @Test func twoCompilesWithEntryVectorsWriteTheSameBytes() throws {
    let (first, second) = (try TemporaryFolder(), try TemporaryFolder())
    #expect(try contents(SampleBundle.wordings(in: first)) == contents(SampleBundle.wordings(in: second)))
  }
}
