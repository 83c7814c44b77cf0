import AnswerPipeline
import BundleCompiler
import Foundation
import TestSupport
import Testing

/// Answers that their owners wrote: CSV, Markdown, HTML and JSON-LD.
@Suite struct OwnedAnswersTests {
  private let fixture: IngestFixture

  init() throws { fixture = try IngestFixture() }

  private func entries(_ name: String, _ text: String, headings: Int? = nil) throws -> [[String: Any]] {
    let path = try fixture.folder.write(name, text)
    try fixture.run([path]) { $0.headingLevel = headings }
    return try fixture.rows("entries.jsonl")
  }

  private func pairs(_ rows: [[String: Any]]) -> [String] {
    rows.map { "\($0["question"] as? String ?? "") = \($0["answer"] as? String ?? "")" }
  }

  @Test func csvKeepsQuotedCommasQuotesAndLineEnds() throws {
    let rows = try entries(
      "faq.csv",
      "\u{FEFF}Question,Answer,id,variants,other\r\n"
        + "\"Who, me?\",\"He said \"\"yes\"\".\r\nTwice.\",who,\"me?\nwho is it\",x\r\n\r\nwhere,There.,,,\n")
    #expect(pairs(rows) == ["Who, me? = He said \"yes\".\nTwice.", "where = There."])
    #expect(rows.compactMap { $0["id"] as? String } == ["who", "faq/where"])
    #expect(rows[1]["source"] as? String == "faq.csv:6")
    #expect(try fixture.rows("variants.jsonl").compactMap { $0["question"] as? String } == ["me?", "who is it"])
  }

  @Test func everyBrokenRowIsAccountedFor() throws {
    let rows = try entries(
      "faq.csv",
      "id,question,answer\na,one,1\nb,two\nc,\"three\"x,3\nd,,4\ne,five,\na,six,6\nf,ONE ?,1\ng,seven,\"unended\n\n")
    #expect(pairs(rows) == ["one = 1"])
    #expect(
      try fixture.reasons() == [
        3: "malformed", 4: "malformed", 5: "empty", 6: "empty", 7: "malformed", 8: "duplicate", 9: "malformed",
      ])
  }

  @Test func aTableWithoutTheColumnsIsRefused() throws {
    for (text, problem) in [
      ("q,a\n1,2\n", "1: no column is named \"question\""), ("question;a\n", "1: no column is named \"answer\""),
      ("", "1: the file has no row of column names"), ("question,answer,Answer\n", "1: two columns are named"),
    ] {
      let path = try fixture.folder.write("faq.csv", text)
      let error = #expect(throws: InputError.self) { try fixture.run([path]) }
      #expect("\(error!)".hasPrefix("\(path):\(problem)"), "\(error!)")
    }
  }

  @Test func markdownHeadingsThatAskAreQuestions() throws {
    let text = """
      ---
      title: Is this front matter?
      ---
      # Help

      ## How do I **start**? {#start}
      Press `go`.

      ```sh
      # is this a comment?
      ```

      ### Details
      Hold it.

      Why [so](http://x.y)?
      ---------------------
      Because.
      ## Contact
      Write to us.
      ## And this?

      """
    let rows = try entries("help.md", text)
    #expect(
      pairs(rows) == [
        "How do I start? = Press `go`.\n\n```sh\n# is this a comment?\n```\n\n### Details\nHold it.",
        "Why so? = Because.",
      ])
    #expect(rows[0]["id"] as? String == "help/how-do-i-start")
    #expect(rows[0]["source"] as? String == "help.md#how-do-i-start")
    #expect(try fixture.reasons() == [21: "empty"])
    #expect(pairs(try entries("help.md", "# A\nx\n## B\ny\n# C\nz", headings: 1)) == ["A = x\n## B\ny", "C = z"])
  }

  @Test func faqPagesAreReadWhereverTheyStand() throws {
    let question = #"""
      {"@type":"Question","name":"Is it &quot;free&quot;?","acceptedAnswer":{"@type":"Answer","text":"<p>Yes &amp; no:</p><ul><li>one</li><li><a href='https://a.b/c'>two</a></li></ul>a < b"}}
      """#
    let page = """
      <html><script>var x = "<p>";</script>
      <script type="application/ld+json">
      {"@graph":[{"@type":"WebPage"},{"@type":["FAQPage"],"mainEntity":[\(question),{"@type":"Question","name":"broken"}]}]}
      </script><SCRIPT></SCRIPT>
      <script type='application/ld+json'>{"@type":"FAQPage",</script></html>
      """
    let rows = try entries("page.html", page)
    #expect(pairs(rows) == ["Is it \"free\"? = Yes & no:\n\n- one\n\n- two (https://a.b/c)\n\na < b"])
    #expect(try fixture.rows("dropped.jsonl").compactMap { $0["line"] as? Int } == [2, 5])
    #expect(
      pairs(try entries("page.jsonld", #"{"@type":"https://schema.org/FAQPage","mainEntity":\#(question)}"#)).count == 1
    )
    let path = try fixture.folder.write("none.html", "<html></html>")
    #expect(throws: InputError.self) { try fixture.run([path]) }
  }
}
