import BundleFormat
import Testing

@testable import BundleCompiler

/// Courtesy is cut away, and nothing else is.
@Suite struct CourtesyTests {
  private static let probe = (try? RuleProbe()) ?? RuleProbe(bytes: [])

  @Test(arguments: [
    ("Hi team, hope you are well. How do I renew my passport? Thanks!", "how do i renew my passport"),
    ("Hello, can you please tell me when the pool opens?", "when the pool opens"),
    ("Good morning everyone. I have a quick question about the invoice layout. Kind regards", "the invoice layout"),
    ("Dear Martha, where do I park (by bike)? Best wishes, Tom", "where do i park (by bike)"),
    ("hi,how do I close a file in C#, thanks in advance", "how do i close a file in c#"),
    ("Sorry to bother you, but I was wondering if dogs are allowed in the garden", "dogs are allowed in the garden"),
    ("How do I, please, reset the clock", "how do i reset the clock"),
    ("hey - what does ${x} mean?", "what does ${x} mean"),
    ("Excuse me, is there a lift? I would appreciate your help.", "is there a lift"),
    (
      "Hallo zusammen, könnten Sie mir bitte sagen, wann die Bücherei öffnet? Vielen Dank im Voraus!",
      "wann die bücherei öffnet"
    ),
    ("Guten Tag, wie melde ich ein Fahrrad an? Mit freundlichen Grüßen", "wie melde ich ein fahrrad an"),
    ("Bonjour, pourriez-vous me dire où se trouve la gare s'il vous plaît ? Merci d'avance", "où se trouve la gare"),
    ("Hola, buenas tardes. ¿Me puede decir dónde está el museo? Muchas gracias", "dónde está el museo"),
    ("Buongiorno, vorrei sapere come si arriva al porto. Grazie mille", "come si arriva al porto"),
    ("Olá, bom dia! Gostaria de saber onde fica o mercado, por favor. Obrigada", "onde fica o mercado"),
    ("Goedemiddag, kunt u me vertellen waar de bibliotheek is? Alvast bedankt", "waar de bibliotheek is"),
  ])
  func isCutAway(text: String, core: String) throws {
    #expect(try Self.probe.find(text)?.core == core)
  }

  @Test(arguments: [
    "how do i print hello world", "hello world program in c", "who writes a thank you note", "what is a team",
    "how do i say please in japanese", "hi", "thank you very much", "hello, good morning. thanks", "guten tag", "merci",
    "how does regards differ from greetings in a letter", "what are best practices for passwords",
    "what should i do. i have no money", "my flight is late. what do i do", "is it safe",
    "thanks for nothing. is it open",
  ])
  func staysWhereItIsTheMatterOrAllThereIs(text: String) throws {
    let core = try Self.probe.find(text)?.core
    // "please" may go from anywhere; a text that is courtesy through and through stays whole.
    #expect(core == text || text.contains("please"))
  }

  @Test(arguments: [
    ("Happy to be here! How do I renew my passport?", "how do i renew my passport"),
    ("How do I renew my passport? I would be so glad of any advice. Best, Robin", "how do i renew my passport"),
    ("Could not find anything about this, so: is there a lift", "is there a lift"),
    ("Is there a lift? It is a bit urgent.", "is there a lift"),
    ("I lost my card. Can you help me?", "i lost my card"),
    ("is there a lift please reply soon if possible", "is there a lift"),
    ("Is there a lift, sorry for my spelling", "is there a lift"),
    ("Gibt es einen Aufzug? Ich freue mich auf eine schnelle Antwort.", "gibt es einen aufzug"),
    ("J'espère que tout le monde va bien. Où se trouve la gare ?", "où se trouve la gare"),
  ])
  func sentencesThatAskForNothingAreCutAway(text: String, core: String) throws {
    #expect(try Self.probe.find(text)?.core == core)
  }

  @Test func manyWordsAreLeftAlone() throws {
    let text = "hi, " + String(repeating: "where is it ", count: 100) + "thanks"
    #expect(try Self.probe.find(text) == RuleProbe.Finding(core: text, classes: []))
  }

  @Test func courtesyThatTheStoredQuestionsUseOftenStays() throws {
    let stored = try (0..<40).map {
      try RuleProbe.normalForm("please \($0 < 3 ? "kindly tell me" : "show") line \($0)")
    }
    let rules = try CompiledRules(RecipeRules())
    let probe = RuleProbe(bytes: rules.adapted(to: stored).bytes)
    #expect(try probe.find("please show line 90, thanks")?.core == "please show line 90")
    #expect(try RuleProbe(bytes: rules.bytes).find("please show line 90, thanks")?.core == "show line 90")
    #expect(rules.adapted(to: []).bytes == rules.bytes)
  }
}
