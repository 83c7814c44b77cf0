/// A question and its answer as an owner of answers wrote them, in a CSV, Markdown, HTML or JSON-LD file.
struct OwnedAnswer {
  /// An id of the owner's; `nil` if one is to be made.
  var id: String?
  var question: String
  var answer: String
  /// Further wordings of the question.
  var variants: [String] = []
  /// Where the answer can be read; the file and place if the owner does not say.
  var source: String
  var route: String?
  /// The line at which it begins, counted from 1.
  var line: Int
}

/// What a file of owned answers came to: answers, and places that are none.
struct OwnedAnswers {
  var answers: [OwnedAnswer] = []
  /// What could not be read, with its line.
  var malformed: [(line: Int, problem: String)] = []
}
