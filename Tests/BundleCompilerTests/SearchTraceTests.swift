import BundleFormat
import BundleReader
import TestSupport
import Testing

// Foundation has a Bundle too.
import class BundleReader.Bundle

@testable import BundleCompiler

/// What the compiler takes a search for is what a reader does, and what it promises holds for queries that it did not see.
@Suite struct SearchTraceTests {
  private let kernels = Kernels()!

  /// Around one of ten directions, between two of them, and anywhere; as the rows of the sample bundle are, and farther away.
  private static func queries(_ count: Int, random: inout SeededRandom) -> VectorMatrix {
    let matrix = VectorMatrix(count: count, dimensions: 16)
    for row in 0..<count {
      for component in 0..<16 {
        let centre = row % 3 < 2 && component == row % 10 ? 90 : 0
        let other = row % 3 == 1 && component == (row / 7) % 10 ? 90 : 0
        matrix.row(row)[component] = Int8(clamping: centre + other + Int.random(in: -36...36, using: &random))
      }
    }
    return matrix
  }

  @Test func theCompilersModelReadsTheListsAndPlacesThatTheReaderReads() throws {
    let folder = try TemporaryFolder()
    let path = try SampleBundle.lists(in: folder)
    let previous = try PreviousBundle(path: path)
    let index = try #require(try PreviousIndex(previous, count: 2_100))
    let rows = try previous.vectors(.indexVectors, dimensions: 16)
    let vectors = VectorMatrix(count: rows.count, dimensions: 16)
    let ordinals = try previous.bytes(.indexQuestions)
    for row in 0..<rows.count {
      let vector = (0..<4).reduce(0) { $0 | Int(ordinals[4 * row + $1]) << (8 * $1) }
      vectors.row(vector).copy(rows.row(row))
    }
    let trained = TrainedIndex(vectors, plan: index.plan, keeping: index, kernels: kernels) { _ in }
    let bytes = try contents(path)
    let pattern = previous.bundle.index.encoded
    let place = try #require(
      stride(from: 0, to: bytes.count - pattern.count, by: 64).first {
        Array(bytes[$0..<$0 + pattern.count]) == pattern
      })
    var random = SeededRandom()
    let queries = Self.queries(150, random: &random)
    for (margin, probes, enough): (UInt32, Int, Int) in [
      (0, 175, 0), (3_000, 175, 0), (9_000, 175, 0), (9_000, 40, 0), (9_000, 175, 600), (9_000, 60, 1_000),
      (1 << 24, 175, 0),
      (1 << 24, 175, 1_500), (20_000, 12, 0),
    ] {
      var parameters = previous.bundle.index
      parameters.probes = UInt32(probes)
      parameters.firstProbes = 12
      parameters.probeMargin = margin
      parameters.enoughPlaces = UInt32(enough)
      try ForgedBundle.write(bytes, to: folder.file("changed.almanac")) { data in
        data.replaceSubrange(place..<place + IndexParameters.size, with: parameters.encoded)
      }
      var search = NeighbourSearch(try Bundle.open(folder.file("changed.almanac")))
      for query in 0..<queries.count {
        let row = queries.row(query)
        let vector = (0..<16).map { UInt8(bitPattern: row[$0]) }
        guard try vector.withBytes({ try search.search($0) }) else { continue }
        let trace = SearchTrace(
          trained, vectors, query: row, hidden: [], first: 12, most: 175, kernels)
        let read = trace.read(SearchTrace.Reading(margin: margin, probes: probes, enough: enough))
        let places = read.reduce(0) { $0 + trace.steps[$1].places }
        #expect(
          search.probedLists == read.count && search.scannedRows == places,
          "margin \(margin), \(probes) probes, enough \(enough), query \(query), seed \(random.seed)")
      }
    }
  }

  @Test func trainedMarginsKeepTheRecallOnOtherQueries() throws {
    var random = SeededRandom()
    let all = Self.clustered(10_000, random: &random)
    let stored = VectorMatrix(count: 8_000, dimensions: 32)
    for row in 0..<8_000 { stored.row(row).copy(all.row(row)) }
    func further(_ range: Range<Int>) -> SearchTuning.Queries {
      let some = VectorMatrix(count: range.count, dimensions: 32)
      for (place, row) in range.enumerated() { some.row(place).copy(all.row(row)) }
      return SearchTuning.Queries(vectors: some)
    }
    let index = TrainedIndex(stored, plan: IndexPlan(count: 8_000, dimensions: 32), kernels: kernels) { _ in }
    let tuning = SearchTuning(
      index, vectors: stored, queries: [further(8_000..<9_000)], target: SearchTarget(recall: 0.97), kernels: kernels)
    // The same choice, measured with queries that took no part in it.
    let fresh = SearchSample(index, stored, further(9_000..<10_000), kernels)
    let choices = SearchChoices(
      index, rows: 8_000, needs: [], previous: index.parameters(tuning.chosen))
    let outcomes = SearchOutcomes(fresh, choices)
    let reading = try #require(
      choices.readings.indices.first {
        choices.readings[$0].margin == tuning.chosen.probeMargin
          && choices.readings[$0].probes == tuning.chosen.probes
          && choices.readings[$0].enough == tuning.chosen.enoughPlaces
      })
    let score = try #require(
      choices.scores.indices.first {
        choices.scores[$0].rerank == tuning.chosen.rerank && choices.scores[$0].least == tuning.chosen.leastRerank
          && choices.rerankMargins[choices.scores[$0].margin] == tuning.chosen.rerankMargin
      })
    #expect(tuning.chosen.isEnough, "seed \(random.seed)")
    #expect(outcomes.recall(reading, score) >= 0.97, "seed \(random.seed)")
    #expect(SearchTarget.recallOfTen(of: [outcomes], reading, score) >= 0.94, "seed \(random.seed)")
  }

  private static func clustered(_ count: Int, random: inout SeededRandom) -> VectorMatrix {
    let matrix = VectorMatrix(count: count, dimensions: 32)
    let centres = (0..<300).map { _ in (0..<32).map { _ in Int.random(in: -40...40, using: &random) } }
    for row in 0..<count {
      let centre = centres[Int.random(in: 0..<300, using: &random)]
      for component in 0..<32 {
        matrix.row(row)[component] = Int8(centre[component] + Int.random(in: -22...22, using: &random))
      }
    }
    return matrix
  }
}
