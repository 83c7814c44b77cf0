import ArgumentParser
import BundleCompiler
import BundleFormat
import BundleReader
import CKernels
import Terminal

/// Searches the index of a bundle for vectors from a file; `tools/bench/vectors` and `tools/bench/scale` read the results.
struct NeighboursCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "neighbours",
    abstract: "Find the stored questions nearest to given vectors, and say how long each search took.",
    discussion: """
      Searches for one vector after the other on one thread. Prints one JSON object: the time to open the bundle and to make \
      a session, of each search in the first round, of each in the last round, and the ordinals of the questions found.
      """, shouldDisplay: false)

  @Argument(help: "The bundle.", completion: .file(extensions: ["almanac"]))
  var bundle: String

  @Argument(help: "The vectors: a .npy file with one row for each.", completion: .file(extensions: ["npy"]))
  var vectors: String

  @Option(name: .short, help: "How many neighbours are printed for each vector.")
  var k = 10

  @Option(name: .customLong("repeat"), help: "How often all vectors are searched for.")
  var rounds = 2

  @Option(help: "The number of lists to look at; what the bundle chose if not given.")
  var probes: Int?

  @Option(help: "The number of rows to score exactly; what the bundle chose if not given.")
  var rerank: Int?

  @Flag(help: "Score every stored vector exactly.")
  var exhaustive = false

  @Option(help: "Instruction set of the kernels: auto, portable, avx2, avx512, neon.")
  var kernels: KernelChoice = .auto

  func validate() throws {
    guard k > 0, rounds > 0, probes ?? 1 > 0, rerank ?? 1 > 0 else {
      throw ValidationError("-k, --repeat, --probes and --rerank take 1 or more")
    }
  }

  func run() throws {
    try refusing {
      let start = almanac_monotonic_nanoseconds()
      let opened = try openBundle(bundle, kernels: kernels)
      var search = NeighbourSearch(
        opened, effort: SearchEffort(probes: probes, rerank: rerank, isExhaustive: exhaustive))
      let open = almanac_monotonic_nanoseconds() - start
      let file = try QueryVectors(path: vectors, dimensions: Int(opened.encoder.dimensions))
      let rows = (0..<file.count).map { file[$0] }
      var first: [UInt64] = []
      var last: [UInt64] = []
      var found: [String] = []
      var lists = 0
      var scanned = 0
      for round in 0..<rounds {
        last.removeAll(keepingCapacity: true)
        for row in rows {
          let start = almanac_monotonic_nanoseconds()
          let isFound = try row.withBytes { vector throws(BundleError) in try search.search(vector) }
          last.append(almanac_monotonic_nanoseconds() - start)
          guard round == 0 else { continue }
          let count = isFound ? min(search.count, k) : 0
          found.append("[" + (0..<count).map { "\(search.question($0))" }.joined(separator: ",") + "]")
          lists += search.probedLists
          scanned += search.scannedRows
        }
        if round == 0 { first = last }
      }
      var object = JSONObject()
      object.add("bundle", bundle)
      object.add("open_nanoseconds", Int(open))
      object.add("mean_probed_lists", Double(lists) / Double(max(rows.count, 1)), places: 2)
      object.add("mean_scanned_rows", Double(scanned) / Double(max(rows.count, 1)), places: 1)
      object.add("first_nanoseconds", raw: Self.list(first))
      object.add("nanoseconds", raw: Self.list(last))
      object.add("questions", raw: "[" + found.joined(separator: ",") + "]")
      print(object.text)
    }
  }

  private static func list(_ values: [UInt64]) -> String {
    "[" + values.map { "\($0)" }.joined(separator: ",") + "]"
  }
}
