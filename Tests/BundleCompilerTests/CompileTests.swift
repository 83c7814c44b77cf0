import BundleCompiler
import BundleFormat
import BundleReader
import CKernels
import Foundation
import TestSupport
import Testing

// Foundation has a Bundle too.
import class BundleReader.Bundle

/// The same input gives the same bytes, and a compile that fails leaves everything as it was.
@Suite struct CompileTests {
  @Test func twoProcessesInTwoFoldersWriteTheSameBytes() throws {
    let first = try TemporaryFolder()
    let second = try TemporaryFolder()
    let recipe = Repository.path("bundles/dev-faq/recipe.yaml")
    for (folder, environment) in [
      (first, ["LC_ALL": "C", "TZ": "UTC"]), (second, ["LC_ALL": "tr_TR.UTF-8", "TZ": "Asia/Tokyo"]),
    ] {
      let outcome = try Tool.run(
        "almanac", ["compile", recipe, "-o", folder.file("out.almanac")], environment: environment)
      #expect(outcome.status == 0, "\(outcome.errors)")
    }
    #expect(try contents(first.file("out.almanac")) == contents(second.file("out.almanac")))
  }

  @Test func everyInstructionSetWritesTheSameBytes() throws {
    let folder = try TemporaryFolder()
    let recipe = Repository.path("bundles/dev-faq/recipe.yaml")
    var bytes: [[UInt8]] = []
    for level in [ALMANAC_KERNELS_PORTABLE, ALMANAC_KERNELS_AVX2, ALMANAC_KERNELS_AVX512, ALMANAC_KERNELS_NEON]
    where almanac_kernels_choose(level) != nil {
      let output = folder.file("\(level.rawValue).almanac")
      _ = try Compiler(Compiler.Options(output: output, kernels: level)).compile(recipe: recipe)
      bytes.append(try contents(output))
    }
    for other in bytes.dropFirst() { #expect(other == bytes[0]) }
  }

  @Test func anyNumberOfThreadsTrainsTheSameIndex() throws {
    let folder = try TemporaryFolder()
    // More than are scanned whole, so that lists, rotation and codes are trained.
    let random = try SampleBundle.writeClusters(2_100, in: folder)
    try compileWithThreads(folder.file("recipe.yaml"), in: folder, "seed \(random.seed)")
  }

  @Test func anyNumberOfThreadsFitsTheSameEncoder() throws {
    try compileWithThreads(Repository.path("bundles/dev-faq/recipe.yaml"), in: try TemporaryFolder(), "dev-faq")
  }

  private func compileWithThreads(_ recipe: String, in folder: TemporaryFolder, _ what: String) throws {
    var bytes: [[UInt8]] = []
    for threads in 1...3 {
      let output = folder.file("\(threads).almanac")
      _ = try Compiler(Compiler.Options(output: output, threads: threads)).compile(recipe: recipe)
      bytes.append(try contents(output))
    }
    for other in bytes.dropFirst() { #expect(other == bytes[0], "\(what)") }
  }

  @Test func aFailedCompileLeavesTheEarlierBundleAndNoLitter() throws {
    let folder = try TemporaryFolder()
    let output = try SampleBundle.tiny(in: folder)
    let before = try contents(output)
    let names = folder.names
    try folder.write("recipe.yaml", "name: broken\nversion: 1\nentries: entries.jsonl\n")
    for line in [
      "{\"id\":\"a\",\"question\":\"q\"}", "not json", "{\"id\":\"a\",\"question\":\"?\",\"answer\":\"x\"}",
      "{\"id\":\"a\",\"question\":\"q\",\"answer\":\"x\"}\n{\"id\":\"b\",\"question\":\"Q.\",\"answer\":\"y\"}",
    ] {
      try folder.write("entries.jsonl", line + "\n")
      let outcome = try Tool.run("almanac", ["compile", folder.file("recipe.yaml"), "-o", output])
      #expect(outcome.status == 1)
      #expect(outcome.errors.hasPrefix("error: "), "\(outcome.errors)")
      #expect(try contents(output) == before)
      #expect(folder.names == (names + ["entries.jsonl", "recipe.yaml"]).sorted())
    }
  }

  @Test func whatAnInterruptedCompileLeftIsRemovedByTheNext() throws {
    let folder = try TemporaryFolder()
    try folder.write(".tiny.almanac.partial", "half a bundle")
    try SampleBundle.compile(recipe: Repository.path("bundles/tiny/recipe.yaml"), to: folder.file("tiny.almanac"))
    #expect(folder.names == ["tiny.almanac"])
  }

  @Test func theOutputMustBeAFileInAFolderThatExists() throws {
    let folder = try TemporaryFolder()
    for output in [folder.path, folder.file("missing/out.almanac"), "\(folder.path)/"] {
      #expect(throws: WriteError.self) {
        try SampleBundle.compile(recipe: Repository.path("bundles/tiny/recipe.yaml"), to: output)
      }
    }
    #expect(folder.names == [])
  }

  @Test func noInputIsReplacedByTheBundle() throws {
    let folder = try TemporaryFolder()
    let faq = try FAQRecipe(0..<20)
    let recipe = try faq.write("b", in: folder)
    let base = try faq.compile("base", in: folder)
    var options = Compiler.Options(output: "")
    options.base = base
    for file in [recipe, folder.file("b/entries.jsonl"), folder.file("b/entries.npy"), base] {
      let before = try contents(file)
      options.output = file
      let error = try #require(throws: WriteError.self) { try Compiler(options).compile(recipe: recipe) }
      #expect(error.description.contains("it is read here"), "\(error)")
      #expect(try contents(file) == before)
    }
  }

  @Test func publishedBundlesAreReadOnly() throws {
    let folder = try TemporaryFolder()
    let output = folder.file("tiny.almanac")
    try SampleBundle.compile(recipe: Repository.path("bundles/tiny/recipe.yaml"), to: output)
    let mode = try FileManager.default.attributesOfItem(atPath: output)[.posixPermissions] as? Int
    #expect(mode == 0o444)
  }

  @Test func twoEntriesWithOneQuestionAreRefusedUnlessTheRecipeAllowsIt() throws {
    let folder = try TemporaryFolder()
    try folder.write(
      "entries.jsonl",
      """
      {"id":"a","question":"Same question","answer":"1"}
      {"id":"b","question":"same  QUESTION?","answer":"2"}
      {"id":"c","question":"Other","answer":"3"}

      """)
    let recipe = "name: x\nversion: 1\nentries: entries.jsonl\nencoder: {max_bytes: 20000}\n"
    try folder.write("recipe.yaml", recipe)
    #expect(throws: InputError.self) {
      try SampleBundle.compile(recipe: folder.file("recipe.yaml"), to: folder.file("x.almanac"))
    }
    try folder.write("recipe.yaml", recipe + "ambiguous: fallback\n")
    try SampleBundle.compile(recipe: folder.file("recipe.yaml"), to: folder.file("x.almanac"))
    let bundle = try Bundle.open(folder.file("x.almanac"))
    #expect(try ask(bundle, "same question").reason == .ambiguous)
    #expect(try ask(bundle, "other").answer == "3")
  }

  @Test func aDistractorMayNotBeAQuestionOfAnEntry() throws {
    let folder = try TemporaryFolder()
    try folder.write("entries.jsonl", #"{"id":"a","question":"Same question","answer":"1"}"# + "\n")
    try folder.write("distractors.jsonl", #"{"question":"same question!"}"# + "\n")
    try folder.write("recipe.yaml", "name: x\nversion: 1\nentries: entries.jsonl\ndistractors: distractors.jsonl\n")
    #expect(throws: InputError.self) {
      try SampleBundle.compile(recipe: folder.file("recipe.yaml"), to: folder.file("x.almanac"))
    }
  }

  @Test func aBundleOfExactEntriesOnlyAnswersExactMatches() throws {
    let folder = try TemporaryFolder()
    try folder.write("entries.jsonl", #"{"id":"a","question":"Key 1","answer":"one","match":"exact"}"# + "\n")
    try folder.write("recipe.yaml", "name: x\nversion: 1\nentries: entries.jsonl\nencoder: {max_bytes: 20000}\n")
    try SampleBundle.compile(recipe: folder.file("recipe.yaml"), to: folder.file("x.almanac"))
    let bundle = try Bundle.open(folder.file("x.almanac"))
    #expect(try ask(bundle, "key 1").answer == "one")
    #expect(try ask(bundle, "key 2").reason == .noMatch)
  }

  @Test func answersOfEverySizeComeBackWhole() throws {
    let folder = try TemporaryFolder()
    var random = SeededRandom()
    var lines = ""
    var answers: [String] = []
    for (index, size) in [1, 2, 100, 4096, 70_000, 1 << 20].enumerated() {
      let answer = String((0..<size).map { _ in Character(Unicode.Scalar(UInt8.random(in: 32..<127, using: &random))) })
      answers.append(answer)
      let quoted = String(decoding: try JSONEncoder().encode(answer), as: UTF8.self)
      lines += "{\"id\":\"\(index)\",\"question\":\"size \(index)\",\"answer\":\(quoted)}\n"
    }
    try folder.write("entries.jsonl", lines)
    try folder.write("recipe.yaml", "name: x\nversion: 1\nentries: entries.jsonl\nencoder: {max_bytes: 20000}\n")
    try SampleBundle.compile(recipe: folder.file("recipe.yaml"), to: folder.file("x.almanac"))
    let bundle = try Bundle.open(folder.file("x.almanac"))
    for (index, answer) in answers.enumerated() {
      #expect(try ask(bundle, "size \(index)").answer == answer, "size \(answer.utf8.count), seed \(random.seed)")
    }
  }

  @Test func anExactOnlyEntryIsNoAnswerToRewordingsAndStandsInTheWayOfItsNeighbours() throws {
    let folder = try TemporaryFolder()
    var lines = ""
    for number in 0..<80 {
      lines +=
        #"{"id":"f\#(number)","question":"what is the colour of item \#(number) in room \#(number * 7)","answer":"blue"}"#
        + "\n"
    }
    lines +=
      #"{"id":"gold","question":"How do I reset my PIN for the gold card?","answer":"gold","match":"exact"}"# + "\n"
    lines += #"{"id":"silver","question":"How do I reset my PIN for the silver card?","answer":"silver"}"# + "\n"
    try folder.write("entries.jsonl", lines)
    try folder.write("recipe.yaml", "name: x\nversion: 1\nentries: entries.jsonl\nencoder: {max_bytes: 300000}\n")
    try SampleBundle.compile(recipe: folder.file("recipe.yaml"), to: folder.file("x.almanac"))
    let bundle = try Bundle.open(folder.file("x.almanac"))
    for query in [
      "how do i reset the pin for the gold card", "reset my pin for the gold card",
      "the gold card pin, how do I reset it",
    ] {
      #expect(try ask(bundle, query).reason != nil, "\(query)")
    }
    #expect(try ask(bundle, "how do I reset my pin for the gold card").answer == "gold")
  }
}
