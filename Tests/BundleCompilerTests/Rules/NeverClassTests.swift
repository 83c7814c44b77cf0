import BundleFormat
import Testing

@testable import BundleCompiler

/// Each never-class shows where it should, and not in its neighbours.
@Suite struct NeverClassTests {
  private static let probe = (try? RuleProbe()) ?? RuleProbe(bytes: [])

  private static func shown(_ text: String) throws -> RuleClasses {
    try probe.find(text)?.classes.subtracting([.possessive, .reference]) ?? []
  }

  @Test(arguments: [
    "what is my balance", "Where is my order?", "hi, how much do I owe", "how many points do i have",
    "show me my bookings",
    "status of my claim", "has my parcel arrived yet", "when is my rent due", "wie hoch ist mein Kontostand",
    "où est mon colis", "dónde está mi pedido", "qual è il mio saldo", "onde está meu pedido", "waar is mijn pakket",
  ])
  func personal(text: String) throws { #expect(try Self.shown(text).contains(.personal)) }

  @Test(arguments: [
    "weather today", "what is the weather like in Oslo tomorrow", "is the ferry running right now",
    "current price of silver",
    "latest football scores", "what time is it", "who won the match last night", "are you open now",
    "wie wird das Wetter morgen", "quelle heure est-il", "qué hora es", "che ore sono", "que horas são",
    "hoe laat is het",
  ])
  func live(text: String) throws { #expect(try Self.shown(text).contains(.live)) }

  @Test(arguments: [
    "cancel it", "Book me a table for two", "transfer 50 euros from savings to checking",
    "please cancel my subscription",
    "can you delete my account", "remind me to water the plants", "I want you to call the office", "order a pizza",
    "storniere meine Buchung", "annulez ma commande", "cancela mi pedido", "annulla il mio ordine",
    "cancele o meu pedido",
    "annuleer mijn bestelling",
  ])
  func action(text: String) throws { #expect(try Self.shown(text).contains(.action)) }

  @Test(arguments: [
    "how old is he", "and for children?", "what about tomorrow", "yes", "yes, cancel it", "what is it?", "is it free",
    "how much does that cost", "the other one", "why not?", "tell me more", "und für Kinder?", "ja, bitte",
    "et pour les enfants ?",
    "c'est combien", "y para niños", "e per i bambini", "e para crianças", "en voor kinderen", "wat kost dat",
  ])
  func context(text: String) throws { #expect(try Self.shown(text).contains(.context)) }

  @Test(arguments: [
    "How do I reset a password and what are the opening hours", "Where is the key? Also can I change the lock?",
    "how do i boil an egg how do i peel it", "What does it cost? How long does it take?",
    "is the tower open on mondays and how much is a ticket",
    "Can I bring a dog? What about the garden rules, where are they?",
    "1) the opening hours of the tower 2) the price of a ticket", "is the tower open, by the way, where is the lift",
    "turn the page? also a new lamp is needed", "Wo ist der Bahnhof und wann kommt der Bus",
    "où est la gare et combien coûte le billet", "dónde está el banco y cuánto cuesta el bus",
  ])
  func several(text: String) throws { #expect(try Self.shown(text).contains(.several)) }

  @Test(arguments: [
    "what is the difference between a list and a tuple", "can you tell me how to open a savings account",
    "How do I bake bread? I have no oven.", "I lost a card. How do I order a new one?", "how and when did rome fall",
    "do you know what the opening hours are", "is it safe to drink tap water", "what should i do if the alarm rings",
    "how long does it take to learn swedish", "when the shop closes, where do i return the key",
    "which documents do i need to rent a car", "is there a place where i can park", "does perl 5.36 have classes",
    "what happens if two people open one file", "can pets get the flu and pass it on to people",
    "how do veterans apply for their benefits", "how do i sort a list in place",
    "what is the weather like on mars in winter",
    "Wie kündige ich ein Abonnement", "comment ouvrir un compte", "cómo se abre una cuenta", "come si apre un conto",
    "como abrir uma conta", "hoe open ik een rekening",
  ])
  func nothing(text: String) throws { #expect(try Self.shown(text) == []) }

  @Test(arguments: [
    "how much is it for students", "does she work there", "and the price", "what about parking", "no",
    "can i bring them along",
    "is that one cheaper", "und was kostet das", "ça marche aussi le dimanche", "eso incluye desayuno",
    "is dat ook open",
  ])
  func reference(text: String) throws { #expect(try Self.probe.find(text)?.classes.contains(.reference) == true) }

  @Test(arguments: [
    "is it possible to pay by card", "how do i renew a passport", "what time does the pool open",
    "how long does it take to get a visa",
    "are there lockers at the station", "was kostet ein Ticket", "où se trouve la poste",
  ])
  func noReference(text: String) throws { #expect(try Self.probe.find(text)?.classes.contains(.reference) == false) }

  @Test func aClassThatIsOffDoesNotShow() throws {
    var recipe = RecipeRules()
    recipe.off = [.live, .severalQuestions, .courtesy]
    let probe = try RuleProbe(recipe)
    #expect(try probe.find("hi, weather today")?.classes == [])
    #expect(try probe.find("hi, weather today")?.core == "hi, weather today")
    #expect(try probe.find("where is the key? where is the lock?")?.classes == [])
    #expect(try probe.find("what is my balance")?.classes.contains(.personal) == true)
  }
}
