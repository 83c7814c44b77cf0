import BundleCompiler
import BundleFormat
import BundleReader
import Foundation
import TestSupport
import Testing

// Foundation has a Bundle too.
import class BundleReader.Bundle

/// A bundle that is built upon an earlier one keeps whatever did not change.
@Suite struct PreviousBuildTests {
  private let folder: TemporaryFolder
  private var recipe: FAQRecipe
  private let old: String

  init() throws {
    folder = try TemporaryFolder()
    recipe = try FAQRecipe(0..<60)
    old = try recipe.compile("old", in: folder)
  }

  private func sections(_ path: String) throws -> [String: [UInt8]] {
    let bundle = try Bundle.open(path)
    var sections: [String: [UInt8]] = [:]
    for name in SectionName.allCases {
      for number in 0..<bundle.size(name).segments {
        sections[name.text, default: []] += try bundle.segment(name, number).copied
      }
    }
    return sections
  }

  private func ordinal(_ id: String, _ bundle: Bundle) throws -> UInt32? {
    try Array(id.utf8).withBytes { try bundle.entryOrdinal(id: $0) }
  }

  @Test(arguments: ["tiny", "sixty", "lists"]) func withNothingChangedOnlyTheManifestDoes(_ name: String) throws {
    let old = try SampleBundle.named(name, in: folder)
    let recipe = name == "tiny" ? Repository.path("bundles/tiny/recipe.yaml") : folder.file("recipe.yaml")
    var options = Compiler.Options(output: folder.file("new.almanac"))
    options.previous = old
    let report = try Compiler(options).compile(recipe: recipe)
    #expect(report.retraining == nil)
    let before = try sections(old)
    let after = try sections(options.output)
    #expect(before.keys.sorted() == after.keys.sorted())
    for (key, bytes) in before where key != "meta/manifest" { #expect(bytes == after[key], "\(key)") }
    let manifest = String(decoding: after["meta/manifest"] ?? [], as: UTF8.self)
    let root = try Bundle.open(old).footer.root.hexadecimal
    #expect(manifest.contains(#"{"role":"previous","name":"\#(name).almanac""#) && manifest.contains(root))
  }

  @Test func theSameRecipeOverTheSameBundleGivesTheSameBytes() throws {
    var changed = recipe
    changed.remove(11)
    changed.add(try FAQRecipe(60..<63))
    let first = try contents(changed.compile("first", in: folder, previous: old))
    let again = try contents(changed.compile("first", in: folder, previous: old, anew: true))
    #expect(first == again)
  }

  @Test func ordinalsStayNewOnesFollowAndWhatIsGoneLeavesAHole() throws {
    var changed = recipe
    let gone = (id: recipe.id(11), question: recipe.question(11))
    changed.remove(11)
    changed.add(try FAQRecipe(60..<63))
    let before = try Bundle.open(old)
    let after = try Bundle.open(try changed.compile("new", in: folder, previous: old))
    #expect(after.entryCount == 63)
    #expect(try after.countEntries() == 62)
    #expect(try ordinal(gone.id, after) == nil)
    for row in changed.rows {
      let id = row["id"] as? String ?? ""
      let found = try #require(try ordinal(id, after))
      if let kept = try ordinal(id, before) { #expect(found == kept, "\(id)") } else { #expect(found >= 60, "\(id)") }
      #expect(try ask(after, row["question"] as? String ?? "").entry == id)
    }
    #expect(try ask(after, gone.question).entry != gone.id)
    // Nothing leads to a hole; if something did, it would be damage.
    #expect(throws: BundleError.malformedSection(.entryRecords)) { try after.entry(11) }
    #expect(try after.question(11).owner == QuestionRecord.hole)
    for name in ["encoder/rows", "meta/dictionary", "index/centroids"] {
      #expect(try sections(old)[name] == sections(folder.file("new.almanac"))[name], "\(name)")
    }
    // And once more upon that, where the hole is an old one.
    let third = try Bundle.open(try changed.compile("third", in: folder, previous: folder.file("new.almanac")))
    #expect(try ordinal(changed.id(61), third) == ordinal(changed.id(61), after))
    #expect(try third.countEntries() == 62)
  }

  @Test func anEditedQuestionGetsAnOrdinalOfItsOwnAndTheOldWordingIsForgotten() throws {
    var changed = recipe
    let was = recipe.question(3)
    changed.rows[3]["question"] = "Which wording did nobody use before this test did?"
    let after = try Bundle.open(try changed.compile("new", in: folder, previous: old))
    #expect(try ask(after, "which wording did nobody use before this test did").entry == recipe.id(3))
    #expect(try ask(after, was).entry != recipe.id(3) || ask(after, was).reason != nil)
    #expect(try ordinal(recipe.id(3), after) == 3)
  }

  @Test func retrainingOnRequestNamesTheEarlierBundleAndKeepsNothing() throws {
    var changed = recipe
    changed.remove(11)
    let kept = try Bundle.open(try changed.compile("new", in: folder, previous: old, retrains: true))
    #expect(kept.entryCount == 59)
    var options = Compiler.Options(output: folder.file("again.almanac"))
    options.previous = old
    options.retrains = true
    let report = try Compiler(options).compile(recipe: try changed.write("new", in: folder))
    #expect(report.retraining != nil)
    #expect(report.previous == (try Bundle.open(old).footer.root.hexadecimal))
  }

  @Test func anIndexThatNoLongerFitsIsTrainedAnewAndTheReportSaysSo() throws {
    let lists = try SampleBundle.lists(in: folder)
    let few = 1_000
    let lines = try String(contentsOfFile: folder.file("entries.jsonl"), encoding: .utf8).split(separator: "\n")
    try folder.write("entries.jsonl", lines.prefix(few).joined(separator: "\n") + "\n")
    let matrix = try contents(folder.file("entries.npy"))
    let start = 10 + Int(matrix[8]) + Int(matrix[9]) << 8
    let rows = SampleBundle.numpy(rows: few, columns: 16, matrix[start..<start + few * 16])
    try Data(rows).write(to: URL(fileURLWithPath: folder.file("entries.npy")))
    var options = Compiler.Options(output: folder.file("few.almanac"))
    options.previous = lists
    let report = try Compiler(options).compile(recipe: folder.file("recipe.yaml"))
    #expect(report.retraining?.contains("2100") ?? false, "\(report.retraining ?? "kept")")
    #expect(try Bundle.open(options.output).entryCount == few)
  }

  @Test func anIndexThatFindsTooLittleIsTrainedAnewAndTheReportSaysSo() throws {
    let lists = try SampleBundle.lists(in: folder)
    // As many vectors, all of them in one direction in which there was none.
    var random = SeededRandom(seed: 21)
    let values = (0..<2_100 * 16).map { place in
      UInt8(bitPattern: Int8((place % 16 == 15 ? -90 : 0) + Int.random(in: -30...30, using: &random)))
    }
    let rows = SampleBundle.numpy(rows: 2_100, columns: 16, values[...])
    try Data(rows).write(to: URL(fileURLWithPath: folder.file("entries.npy")))
    var options = Compiler.Options(output: folder.file("spread.almanac"))
    options.previous = lists
    let report = try Compiler(options).compile(recipe: folder.file("recipe.yaml"))
    let reason = try #require(report.retraining, "kept, seed 21")
    #expect(reason.contains("the search finds"), "seed 21")
    let found = try #require(reason.split(separator: " ").compactMap { Double($0) }.first)
    #expect(report.recall * 100 > found, "\(reason), seed 21")
  }

  @Test func aBundleThatCannotServeIsRefusedAndSaysWhy() throws {
    let output = folder.file("refused.almanac")
    func refusal(_ previous: String, _ recipe: String) throws -> String {
      var options = Compiler.Options(output: output)
      options.previous = previous
      let error = try #require(throws: WriteError.self) { try Compiler(options).compile(recipe: recipe) }
      return error.description
    }
    let own = try recipe.write("own", in: folder)
    #expect(try refusal(SampleBundle.lists(in: folder), own).contains("components"))
    let plain = try FAQRecipe(0..<60, embedded: false).write("plain", in: folder)
    #expect(try refusal(old, plain).contains("cannot be built upon"))
    let small = try recipe.write("small", in: folder)
    let text = try String(contentsOfFile: small, encoding: .utf8).replacingOccurrences(of: "300000", with: "100000")
    try Data(text.utf8).write(to: URL(fileURLWithPath: small))
    #expect(try refusal(old, small).contains("max_bytes"))
    var damaged = try contents(old)
    damaged[damaged.count / 2] ^= 1
    try Data(damaged).write(to: URL(fileURLWithPath: folder.file("damaged.almanac")))
    #expect(try refusal(folder.file("damaged.almanac"), own).contains("cannot be built upon"))
    #expect(!FileManager.default.fileExists(atPath: output))
  }
}
