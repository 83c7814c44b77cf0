import BundleCompiler
import BundleFormat
import Foundation

/// How often each question of a log was asked: wordings with one normal form are one question.
///
/// Holds at most `limit` questions. When there are more, the quarter that was asked least so far is forgotten, as lossy
/// counting does (Manku and Motwani, 2002): whoever is asked often survives, and what was forgotten is summed up.
struct LogTally {
  /// A question of the log.
  struct Question {
    /// The wording seen first.
    let text: String
    let form: String
    /// How often it was asked in all.
    var count: Double
    /// The same with what is old counting less.
    var weight: Double
    /// When it was last asked, and when first; zero in a log without times.
    var last: Int64
    var first: Int64
    /// The sums over rows with tokens, and how many askings those are.
    var inputTokens = 0.0
    var outputTokens = 0.0
    var tokenCount = 0.0
    var route: String?
  }

  private(set) var questions: [Question] = []
  /// Rows read, rows without a usable query, and the first of these.
  private(set) var rows = 0
  private(set) var malformed = 0
  private(set) var firstMalformed: InputError?
  /// Askings in all, and of questions that were forgotten.
  private(set) var asked = 0.0
  private(set) var forgotten = 0.0
  /// The times of the first and the last row that has one.
  private(set) var span: ClosedRange<Int64>?

  private var places: [ExactText: Int32] = [:]
  private let forms = FormMaker()
  private let limit: Int
  private let halfLife: Double

  /// - Parameters:
  ///   - halfLife: In how many seconds an asking counts for half.
  ///   - limit: The most questions held.
  init(halfLife: Double, limit: Int = 1 << 20) {
    self.halfLife = halfLife
    self.limit = limit
  }

  /// Adds a row.
  mutating func add(_ row: Result<LogRow, MalformedRow>, _ path: String, _ line: Int) {
    rows += 1
    switch row {
    case .success(let row):
      guard let form = forms.of(row.query), !form.isEmpty else {
        return refuse("the query is empty or too long", path, line)
      }
      add(row, form)
    case .failure(let error): refuse(error.problem, path, line)
    }
  }

  private mutating func refuse(_ problem: String, _ path: String, _ line: Int) {
    malformed += 1
    if firstMalformed == nil {
      firstMalformed = InputError(file: path, line: line, problem: problem, remedy: "the row was passed over")
    }
  }

  private mutating func add(_ row: LogRow, _ form: String) {
    asked += row.count
    if let time = row.time { span = span.map { min($0.lowerBound, time)...max($0.upperBound, time) } ?? time...time }
    let place: Int
    if let known = places[ExactText(form)] {
      place = Int(known)
      questions[place].count += row.count
      weigh(place, row)
    } else {
      if questions.count >= limit { forget() }
      place = questions.count
      places[ExactText(form)] = Int32(place)
      questions.append(
        Question(
          text: row.query.trimmed, form: form, count: row.count, weight: row.count, last: row.time ?? 0,
          first: row.time ?? 0))
    }
    if row.inputTokens != nil || row.outputTokens != nil {
      questions[place].inputTokens += row.count * (row.inputTokens ?? 0)
      questions[place].outputTokens += row.count * (row.outputTokens ?? 0)
      questions[place].tokenCount += row.count
    }
    if let route = row.route { questions[place].route = route }
  }

  // A weight is as of the time it was last raised; rows may come in any order.
  private mutating func weigh(_ place: Int, _ row: LogRow) {
    guard let time = row.time else {
      questions[place].weight += row.count
      return
    }
    let last = questions[place].last
    if time >= last {
      questions[place].weight = questions[place].weight * decay(Double(time - last)) + row.count
      questions[place].last = time
    } else {
      questions[place].weight += row.count * decay(Double(last - time))
      questions[place].first = min(questions[place].first, time)
    }
  }

  private func decay(_ seconds: Double) -> Double { seconds > 0 ? exp2(-seconds / halfLife) : 1 }

  private mutating func forget() {
    let order = questions.indices.sorted { (questions[$0].count, $1) < (questions[$1].count, $0) }
    let out = Set(order.prefix(limit / 4))
    for index in out { forgotten += questions[index].count }
    questions = questions.indices.filter { !out.contains($0) }.map { questions[$0] }
    places = Dictionary(uniqueKeysWithValues: questions.enumerated().map { (ExactText($1.form), Int32($0)) })
  }

  /// All questions, their weights as of the end of the log, the heaviest first.
  mutating func finish() -> [Question] {
    if let end = span?.upperBound {
      for index in questions.indices { questions[index].weight *= decay(Double(end - questions[index].last)) }
    }
    places = [:]
    let all = questions
    questions = []
    return all.sorted { $0.weight != $1.weight ? $0.weight > $1.weight : ExactText.precedes($0.form, $1.form) }
  }
}

/// A normaliser that can be part of a copyable value.
final class FormMaker {
  private var forms = NormalForms()

  func of(_ text: String) -> String? { forms.of(text) }
}
