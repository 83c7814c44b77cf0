import BundleFormat
import Testing

@testable import BundleCompiler

/// A recipe chooses, adds and removes rules; what it gets wrong is refused with file and line.
@Suite struct RecipeRulesTests {
  private static func rules(_ recipe: String, files: [(String, String)] = []) throws -> CompiledRules {
    let folder = try InputFolder()
    for (name, text) in files { try folder.write(name, text) }
    folder.recipe = recipe
    return try CompiledRules(try folder.load().recipe.rules)
  }

  private static func refusal(_ recipe: String) throws -> String {
    let folder = try InputFolder()
    folder.recipe = recipe
    do {
      _ = try CompiledRules(try folder.load().recipe.rules)
      return "not refused"
    } catch let error as InputError {
      return error.description.replacingOccurrences(of: folder.path + "/", with: "")
    }
  }

  @Test func patternsAreAddedAndRemoved() throws {
    let recipe = """
      rules:
        languages: en
        add:
          action: ["^ launch my|the *", "tidy <it> up"]
        remove:
          personal: ["status of my"]
      """
    let probe = RuleProbe(bytes: try Self.rules(recipe).bytes)
    #expect(try probe.find("launch the rocket")?.classes == .action)
    #expect(try probe.find("please tidy this up")?.classes.contains(.action) == true)
    #expect(try probe.find("tell us the status of my request")?.classes.contains(.personal) == false)
    #expect(try probe.find("wo ist mein paket")?.classes == [])
  }

  @Test func theyMayStandInAFileOfTheirOwn() throws {
    let rules = try Self.rules("rules: house.yaml", files: [("house.yaml", "live: off\nlanguages: [en, de]\n")])
    #expect(rules.languages == ["en", "de"])
    #expect(!rules.classes.contains(.live))
    #expect(rules.classes.contains(.action))
  }

  @Test func offLeavesTheBundleWithoutRules() throws {
    #expect(try Self.rules("rules: off").bytes.isEmpty)
    #expect(try Self.rules("rules: {courtesy: off}").cutsCourtesy == false)
    #expect(try Self.rules("rules: {possessive: on}").isPossessiveStrict)
    #expect(try Self.rules("").languages == ["en", "de", "fr", "es", "it", "pt", "nl"])
  }

  @Test(arguments: [
    ("rules: {live: maybe}", "recipe.yaml:4: 'rules.live' is 'maybe', which is unknown; write on or off"),
    (
      "rules: {lives: on}",
      "recipe.yaml:4: unknown key 'lives' in rules; did you mean 'live'? known keys are languages, "
    ),
    (
      "rules: {languages: [en, xx]}",
      "recipe.yaml:4: 'rules.languages' names 'xx', for which there are no tables; write some of en, "
    ),
    (
      "rules:\n  add:\n    action:\n      - Launch it",
      "recipe.yaml:7: the pattern 'Launch it' has 'Launch', which is no word in its normal form; "
    ),
    (
      "rules:\n  add: {action: [\"^ _ it\"]}",
      "recipe.yaml:5: the pattern '^ _ it' begins with any word; begin with words"
    ),
    (
      "rules:\n  add: {action: [\"maybe? *\"]}", "recipe.yaml:5: the pattern 'maybe? *' matches nothing in particular; "
    ),
    (
      "rules:\n  add: {live: [\"<nothing> now\"]}",
      "recipe.yaml:5: the pattern '<nothing> now' names the set <nothing>, which is unknown; "
    ),
    (
      "rules:\n  add: {live: [\"a * * * * * *\"]}",
      "recipe.yaml:5: the pattern 'a * * * * * *' is longer than 16 words; shorten it"
    ),
    (
      "rules:\n  add: {lively: [a]}",
      "recipe.yaml:5: unknown key 'lively' in rules.add; did you mean 'live'? known keys are opening, "
    ),
    ("rules:\n  remove: {live: [\"green now\"]}", "recipe.yaml:5: 'green now' is no pattern of the list 'live'; "),
    ("rules: missing.yaml", "missing.yaml: "),
  ])
  func whatIsWrongIsRefused(recipe: String, beginning: String) throws {
    let refusal = try Self.refusal(recipe)
    #expect(refusal.hasPrefix(beginning), "\(refusal)")
  }

  @Test func entriesExcuseWhatTheirWordingsShow() throws {
    let texts = ["where is my order", "how do i track a parcel", "how do i pay", "what is my balance"]
    let forms = try texts.map { try RuleProbe.normalForm($0) }
    let found = QuestionRules(
      try CompiledRules(RecipeRules()), normalForms: forms, owners: [0, 0, 1, 2], entryCount: 3)
    #expect(found.excused[0].contains([.personal, .possessive]))
    #expect(found.excused[1] == [.possessive], "one wording says nothing about \"my\"")
    #expect(found.excused[2].contains(.personal))
    // The first question of entry 0 is alone in showing it, and entry 2 has one wording, which does.
    #expect(found.barred[0] == 2)
    var strict = RecipeRules()
    strict.isPossessiveStrict = true
    let other = QuestionRules(try CompiledRules(strict), normalForms: forms, owners: [0, 0, 1, 2], entryCount: 3)
    #expect(other.excused[1] == [])
  }
}
