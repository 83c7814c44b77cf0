import BundleCompiler
import BundleFormat
import BundleReader
import TestSupport
import Testing

// Foundation has a Bundle too.
import class BundleReader.Bundle

/// A fallback carries the route of the nearest labelled examples where they agree, and the default route elsewhere.
@Suite struct RouteTests {
  private let folder: TemporaryFolder

  init() throws { folder = try TemporaryFolder() }

  private static let routes = """
    routes:
      small:
        - What is the weather in Paris tomorrow?
        - Will it rain in London this afternoon?
        - How warm is it in Rome today?
        - weather.jsonl
      large:
        - Write a poem about the sea and the wind
        - Write a short story about an old lighthouse
        - Compose a song about autumn leaves
    distractors: distractors.jsonl
    """

  private func bundle(_ further: String = routes) throws -> Bundle {
    try folder.write("weather.jsonl", #"{"query":"Is there snow in Oslo now?"}"# + "\n")
    try folder.write(
      "distractors.jsonl",
      #"{"question":"Will it snow in Madrid tomorrow?","reason":"guard","route":"weather-service"}"# + "\n")
    return try Bundle.open(try SampleBundle.sixty(in: folder, further: further))
  }

  @Test func nearExamplesThatAgreeGiveTheRoute() throws {
    let bundle = try bundle()
    #expect(try ask(bundle, "how warm is it in london this afternoon").route == "small")
    #expect(try ask(bundle, "write a poem about autumn").route == "large")
  }

  @Test func whatIsFarFromAllExamplesGetsTheDefaultRoute() throws {
    let bundle = try bundle()
    let reply = try ask(bundle, "quarterly revenue of semiconductor manufacturers")
    #expect(reply.reason == .noMatch)
    #expect(reply.route == "large")
  }

  @Test func aDistractorsOwnRouteComesFirst() throws {
    let reply = try ask(try bundle(), "Will it snow in Madrid tomorrow?")
    #expect(reply.reason == .guarded)
    #expect(reply.route == "weather-service")
  }

  @Test func answersCarryNoRoute() throws {
    let reply = try ask(try bundle(), "Why does Python use indentation for grouping of statements?")
    #expect(reply.reason == nil)
    #expect(reply.route == nil)
  }

  @Test func examplesThatDisagreeGiveTheDefaultRoute() throws {
    let bundle = try bundle(
      """
      routes:
        small: [What is the weather in Paris tomorrow?]
        medium: [What is the weather in Rome tomorrow?]
      """)
    #expect(try ask(bundle, "what is the weather in madrid tomorrow").route == "large")
  }

  @Test(arguments: [
    ("routes: [a, b]", "not a mapping"), ("routes: {small: []}", "empty list"),
    ("routes: {small: ['?']}", "nothing but white space"), ("routes: {small: missing.jsonl}", "missing.jsonl"),
  ])
  func routesThatSayNothingAreRefused(recipe: String, problem: String) throws {
    let error = try #require(throws: InputError.self) { try SampleBundle.sixty(in: folder, further: recipe) }
    #expect("\(error)".contains(problem), "\(error)")
  }

  @Test func forgedRouteSectionsNeverEndTheProcess() throws {
    let good = try bundle()
    let bytes = try contents(folder.file("sixty.almanac"))
    let labels = try good.segment(.decisionRouteLabels, 0).copied
    let examples = try good.segment(.decisionRouteExamples, 0).copied
    let places = [labels, examples].map { section in
      stride(from: 0, to: bytes.count - section.count, by: 64).first {
        bytes[$0..<$0 + section.count].elementsEqual(section)
      }
    }
    let labelPlace = try #require(places[0])
    let examplePlace = try #require(places[1])
    var random = SeededRandom()
    for round in 0..<60 {
      let path = folder.file("forged.almanac")
      try ForgedBundle.write(bytes, to: path) { data in
        let place = round % 2 == 0 ? labelPlace : examplePlace
        // The lead-in too: lengths and element sizes.
        let offset = Int.random(in: -48..<(round % 2 == 0 ? labels.count : 256), using: &random)
        data[place + offset] = [0, 1, 0x7F, 0x80, 0xFF].randomElement(using: &random)!
      }
      guard let forged = try? Bundle.open(path) else { continue }
      let reply = try ask(forged, "what will the weather be in london tomorrow")
      #expect(reply.reason != nil, "seed \(random.seed)")
    }
  }
}
