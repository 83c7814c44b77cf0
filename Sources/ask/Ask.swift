import ArgumentParser
import BundleFormat
import BundleReader
import Terminal

@main
struct Ask: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "ask",
    abstract: "Ask a bundle a question, offline.",
    discussion: """
      Prints the stored answer if the bundle is sure that it is the right one, and otherwise "I don't know" with the \
      reason, the route that the bundle's authors recommend, and the nearest stored questions.

      Without a question it asks for one after the other on a terminal (an empty line or ctrl-D ends; 1, 2 or 3 asks \
      the suggestion of that number), and else reads one question from each line of standard input.

      Examples:
        ask dev-faq.almanac "how do I use curl with a proxy?"
        ask dev-faq.almanac --explain "undo the last commit"
        ask library.almanac --scope branch=hill --now 2026-12-24 "when do you open?"
        ask dev-faq.almanac --json < questions.txt > replies.jsonl

      Exit codes: 0 answered (or the end of several questions), 3 no answer, 1 bad bundle or bad input, 64 wrong usage.
      """,
    version: "0.1.0")

  @Argument(help: "The bundle, a file made by almanac compile.", completion: .file(extensions: ["almanac"]))
  var bundle: String

  @Argument(help: "The question. Without one, see above.")
  var question: String?

  @Option(
    help: ArgumentHelp(
      "Answer from this layer too, which was compiled over the bundle: its entries replace, add and delete.",
      valueName: "file"), completion: .file(extensions: ["almanac"]))
  var layer: String?

  @Flag(help: "Print the reply lines of the reader protocol (spec/v1/reader-protocol.md).")
  var json = false

  @Flag(help: "Print how the reply came about: normal form, candidates, score against threshold, what decided.")
  var explain = false

  @Option(
    help: ArgumentHelp(
      "What the answer must be valid for; may be repeated.", discussion: "Answers for another value are left out.",
      valueName: "key=value"))
  var scope: [String] = []

  @Option(
    help: ArgumentHelp(
      "The value of a slot in answers; may be repeated.", discussion: "Others in the same answer may have defaults.",
      valueName: "name=value"))
  var variable: [String] = []

  @Option(
    help: ArgumentHelp(
      "Ask the bundle's prompt of this name, filled with the variables, instead of a question.", valueName: "name"))
  var prompt: String?

  @Option(
    help: ArgumentHelp(
      "When the answer must be valid: 2026-12-24, 2026-12-24T18:00:00Z, or seconds since 1970.", valueName: "time"))
  var now: Moment?

  @Option(help: ArgumentHelp("The share of wrong answers to accept, 0 to 1. Only tightens.", valueName: "share"))
  var maxWrong: Share?

  @Option(
    help: ArgumentHelp(
      "lazy: check each part of the bundle when it is first used. hot: check what every question needs first. all: check "
        + "everything first. copy: also hold it in memory, for files that may be overwritten.", valueName: "mode"))
  var mode: OpenMode = .lazy

  @Option(
    help: ArgumentHelp(
      "Refuse a bundle that is not signed with this minisign key: a .pub file, or the key itself.", valueName: "key"),
    completion: .file(extensions: ["pub"]))
  var publicKey: PublicKey?

  @Option(help: ArgumentHelp("Refuse a bundle of a lower version.", valueName: "version"))
  var minVersion: UInt64 = 0

  @Option(help: "Instruction set of the kernels. All give the same answers.")
  var kernels: KernelChoice = .auto

  func run() throws {
    let conversation = try Conversation(self)
    if let prompt {
      let code = conversation.answer(prompt: prompt)
      if code != .success { throw code }
    } else if let question {
      let code = conversation.answer(question)
      if code != .success { throw code }
    } else if Console.inputIsTerminal {
      try conversation.prompt()
    } else {
      try conversation.answerLines()
    }
  }

  func validate() throws {
    for pair in scope where !pair.dropFirst().contains("=") {
      throw ValidationError("--scope '\(pair)' is no pair; give KEY=VALUE, such as language=en")
    }
    if prompt != nil, question != nil { throw ValidationError("--prompt and a question; give one of them") }
    for pair in variable where !pair.dropFirst().contains("=") {
      throw ValidationError("--variable '\(pair)' is no pair; give NAME=VALUE, such as customer=Ada")
    }
  }
}

extension ExitCode {
  /// There is no answer.
  static let needsFallback = ExitCode(3)
  /// The bundle or the question was refused.
  static let refused = ExitCode(1)
}
