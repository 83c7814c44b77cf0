import Testing

@testable import BundleCompiler

@Suite("Answers are read again from their files")
struct AnswerReaderTests {
  @Test("with escapes, CR LF, blank lines and a byte order mark, from several files")
  func answers() throws {
    let folder = try InputFolder()
    try folder.write("entries.jsonl", "")
    try folder.write(
      "more.jsonl", "\u{FEFF}" + #"{"id":"x","question":"q","answer":"é\n\"1\""}"# + "\r\n\n" + InputFolder.entry("y"))
    try folder.write("recipe.yaml", "name: a\nversion: 1\nentries: [entries.jsonl, more.jsonl]\n")
    let inputs = try InputLoader.load(try Recipe.load(path: folder.path + "/recipe.yaml"))
    let reader = try AnswerReader(inputs)
    #expect(try reader.answer(0) == "é\n\"1\"")
    #expect(try reader.answer(1) == "It is y.")
    #expect(inputs.entries.map(\.answer.answerLength) == [6, 8])
    #expect(inputs.entries.map(\.answer.line) == [1, 3])
    #expect(inputs.entries.map(\.answer.file) == [1, 1])
  }

  @Test("a file that changed in between is refused", arguments: ["It is b.", "It was a", ""])
  func changed(answer: String) throws {
    let folder = try InputFolder()
    let inputs = try folder.load()
    let reader = try AnswerReader(inputs)
    try folder.write("entries.jsonl", #"{"id":"a","question":"What is a?","answer":"\#(answer)"}"# + "\n")
    // The same file written in place, and a new one at the same path.
    for reader in [reader, try AnswerReader(inputs)] {
      let error = #expect(throws: InputError.self) { try reader.answer(0) }
      #expect(
        error?.description == "\(folder.path)/entries.jsonl:1: the line of entry \"a\" changed during the compile; "
          + "compile again, and leave the file alone meanwhile")
    }
  }
}
