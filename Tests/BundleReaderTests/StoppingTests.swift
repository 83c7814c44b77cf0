import BundleFormat
import BundleReader
import CKernels
import TestSupport
import Testing

// Foundation has a Bundle too.
import class BundleReader.Bundle

/// The rule that stops a search early: it leaves out what lies beyond its margins and nothing else, alike on every machine.
@Suite struct StoppingTests {
  private let folder: TemporaryFolder
  private let good: [UInt8]
  private let parameters: IndexParameters
  private let place: Int
  private let queries: [[UInt8]]

  init() throws {
    folder = try TemporaryFolder()
    let path = try SampleBundle.lists(in: folder)
    let bundle = try Bundle.open(path)
    let bytes = try contents(path)
    good = bytes
    parameters = bundle.index
    let pattern = bundle.index.encoded
    place = try #require(
      stride(from: 0, to: bytes.count - pattern.count, by: 64).first {
        Array(bytes[$0..<$0 + pattern.count]) == pattern
      })
    // Near one of the ten centres, between two of them, and anywhere.
    var random = SeededRandom(seed: 20)
    queries = (0..<200).map { number in
      (0..<16).map { component in
        let centre = number % 3 < 2 && component == number % 10 ? 90 : 0
        let other = number % 3 == 1 && component == (number / 7) % 10 ? 90 : 0
        return UInt8(bitPattern: Int8(clamping: centre + other + Int.random(in: -36...36, using: &random)))
      }
    }
  }

  private struct Found: Equatable {
    var results: [UInt64] = []
    var lists = 0
    var places = 0
    var best: Int64 { results.isEmpty ? .min : Int64(results[0] >> 32) }
  }

  /// What the bundle finds with other parameters.
  private func search(
    _ change: (inout IndexParameters) -> Void, effort: SearchEffort = .chosen,
    level: almanac_kernel_level = ALMANAC_KERNELS_AUTO
  ) throws -> [Found] {
    var changed = parameters
    change(&changed)
    try ForgedBundle.write(good, to: folder.file("changed.almanac")) { data in
      data.replaceSubrange(place..<place + IndexParameters.size, with: changed.encoded)
    }
    var search = NeighbourSearch(try Bundle.open(folder.file("changed.almanac"), level: level), effort: effort)
    return try queries.map { query in
      guard try query.withBytes({ try search.search($0) }) else { return Found() }
      let results = (0..<search.count).map {
        UInt64(search.similarity($0) + (1 << 20)) << 32 | UInt64(search.question($0))
      }
      return Found(results: results, lists: search.probedLists, places: search.scannedRows)
    }
  }

  private func allLists(_ parameters: inout IndexParameters) {
    parameters.probes = parameters.listCount
    parameters.firstProbes = 3
    parameters.rerank = 1_024
    parameters.leastRerank = 1_024
    parameters.probeMargin = StoppingRule.greatestMargin
    parameters.enoughPlaces = 0
  }

  @Test func theGreatestMarginChangesNothing() throws {
    let stopping = try search {
      allLists(&$0)
      $0.leastRerank = 1
      $0.rerankMargin = StoppingRule.greatestMargin
    }
    let whole = try search(allLists, effort: SearchEffort(probes: Int(parameters.listCount), rerank: 1_024))
    // Values are relative to the best of the first lists, so places at the very end of the order may differ.
    #expect(stopping.map(\.best) == whole.map(\.best))
    #expect(stopping.map(\.places) == whole.map(\.places))
    #expect(whole.allSatisfy { $0.lists == Int(parameters.listCount) })
  }

  @Test func aWiderMarginReadsNoFewerListsAndFindsNothingWorse() throws {
    var earlier: [Found] = []
    for margin: UInt32 in [0, 2_000, 6_000, 12_000, 25_000, 50_000, 1 << 24] {
      let found = try search {
        allLists(&$0)
        $0.probeMargin = margin
      }
      for (query, (now, before)) in zip(found, earlier).enumerated() {
        #expect(now.lists >= before.lists && now.places >= before.places, "margin \(margin), query \(query)")
        // With few places all of them are scored, so that more lists can only add.
        if now.places <= 1_024 { #expect(now.best >= before.best, "margin \(margin), query \(query)") }
      }
      #expect(found.allSatisfy { $0.lists >= 3 })
      earlier = found
    }
  }

  @Test func aNarrowerScoreMarginKeepsTheBestOfTheWider() throws {
    let all = try search(allLists)
    for margin: UInt32 in [0, 3_000, 10_000, 1 << 24] {
      let some = try search {
        allLists(&$0)
        $0.leastRerank = 5
        $0.rerankMargin = margin
      }
      for (fewer, more) in zip(some, all) {
        #expect(Set(fewer.results).isSubset(of: more.results))
        // Two places may be of one row.
        #expect(fewer.results.count >= 3)
      }
    }
  }

  @Test func everyInstructionSetStopsAtTheSameList() throws {
    for margin: UInt32 in [0, 6_000, 20_000] {
      let change = { (parameters: inout IndexParameters) in
        parameters.probes = 60
        parameters.firstProbes = 4
        parameters.probeMargin = margin
        parameters.leastRerank = 8
        parameters.rerankMargin = margin
      }
      let portable = try search(change, level: ALMANAC_KERNELS_PORTABLE)
      for level in [ALMANAC_KERNELS_AVX2, ALMANAC_KERNELS_AVX512, ALMANAC_KERNELS_NEON]
      where almanac_kernels_choose(level) != nil {
        #expect(try search(change, level: level) == portable, "\(String(cString: almanac_kernels_name(level)))")
      }
    }
  }
}
