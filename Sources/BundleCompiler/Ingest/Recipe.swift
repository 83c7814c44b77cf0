/// What goes into a bundle, and which error budget it must keep: a recipe file, read and checked.
///
/// Shares (budgets, confidence, recall) are fractions: 0.01 is one percent.
public struct Recipe: Equatable, Sendable {
  /// The recipe's path as it was given.
  public internal(set) var path: String
  /// The bundle's name: 1 to 64 letters, digits, `-`, `_` and `.` of ASCII.
  public internal(set) var name: String
  /// The version of the bundle's content, from 1 to 2⁵³ - 1.
  public internal(set) var version: UInt64
  /// The first second since 1970 at which the bundle answers nothing any more; `nil` for never.
  public internal(set) var expires: Int64?
  /// The files of entries, at least one.
  public internal(set) var entries: [SourceFile]
  /// The files of further wordings.
  public internal(set) var variants: [SourceFile] = []
  /// The files of questions that must not be answered.
  public internal(set) var distractors: [SourceFile] = []
  /// The files of labelled queries, for calibration.
  public internal(set) var queries: [SourceFile] = []
  /// The files of decided pairs: which entries are one answer, which differ, which questions must not be answered.
  public internal(set) var pairs: [SourceFile] = []
  /// The file of hits that a person has marked, for calibration; `nil` if the recipe names none.
  public internal(set) var markedHits: SourceFile?
  /// The examples of each route, in the order of the recipe.
  public internal(set) var routes: [RouteExamples] = []
  /// The prompts that entries may give variables for instead of a question.
  public internal(set) var prompts: [RecipePrompt] = []
  /// How often answers are to be made anew, by route.
  public internal(set) var cadences: [RouteCadence] = []
  /// The embeddings given for those files; `nil` if the recipe names no embedding model.
  public internal(set) var embeddings: Embeddings?
  /// The error budget.
  public internal(set) var budget = Budget()
  /// The share of requests that no entry answers, over 0 and at most 1: how self-test and labelled results are mixed.
  public internal(set) var assumeOutOfScope = 0.5
  /// How often the search must find the nearest stored question: over 0 and at most 1.
  public internal(set) var recall = 0.99
  /// What becomes of two entries with the same wording.
  public internal(set) var ambiguous = AmbiguityRule.refuse
  /// The route of a fallback where neither entry nor distractor names one.
  public internal(set) var defaultRoute: String?
  /// The most bytes the encoder may take in the bundle; `nil` lets the compiler choose.
  public internal(set) var maximumEncoderBytes: Int?
  /// The folder of a Model2Vec model that the encoder starts from; `nil` for the table that comes with the compiler.
  public internal(set) var prior: SourceFile?
  /// The rules for courtesy and never-classes.
  public internal(set) var rules = RecipeRules()
  /// BLAKE2b-256 of the recipe file, as 64 hexadecimal digits.
  public internal(set) var digest = ""
  /// The size of the recipe file in bytes.
  public internal(set) var size = 0

  init(path: String, name: String, version: UInt64, entries: [SourceFile]) {
    self.path = path
    self.name = name
    self.version = version
    self.entries = entries
  }

  /// The paths of the files that the recipe names; not those of its prior, which is a folder.
  var files: [String] {
    let texts = entries + variants + distractors + queries + pairs + [markedHits].compactMap { $0 }
    let vectors = embeddings.map { $0.entries + $0.variants + $0.distractors + $0.queries } ?? []
    return (texts + vectors + routes.flatMap(\.files)).map(\.path)
  }

  /// A file that the recipe names.
  public struct SourceFile: Equatable, Sendable {
    /// Where it is: resolved against the recipe's folder, `${data}` replaced.
    public let path: String
    /// The line of the recipe that names it.
    public let line: Int
  }

  /// What the recipe gives as examples of a route.
  public struct RouteExamples: Equatable, Sendable {
    /// The name of the route.
    public let route: String
    /// Files of example queries.
    public internal(set) var files: [SourceFile] = []
    /// Example queries that stand in the recipe itself, with their lines.
    public internal(set) var queries: [Query] = []

    /// An example in the recipe itself.
    public struct Query: Equatable, Sendable {
      /// The text of the query.
      public let text: String
      /// The line of the recipe where it stands.
      public let line: Int
    }
  }

  /// The embeddings of the recipe. Each list is empty or runs parallel to the files of the same name.
  public struct Embeddings: Equatable, Sendable {
    /// The id of the model that made them.
    public let model: String
    /// The line of the recipe where `embeddings` begins.
    public let line: Int
    /// One `.npy` file for each file of entries: a row per line, for the entry's canonical question.
    public internal(set) var entries: [SourceFile] = []
    /// One `.npy` file for each file of variants.
    public internal(set) var variants: [SourceFile] = []
    /// One `.npy` file for each file of distractors.
    public internal(set) var distractors: [SourceFile] = []
    /// One `.npy` file for each file of queries.
    public internal(set) var queries: [SourceFile] = []
  }

  /// How many wrong answers are allowed. Both shares must be kept; each lies between 0 and 1, exclusive.
  public struct Budget: Equatable, Sendable {
    /// The greatest share of wrong answers among all requests.
    public internal(set) var wrongOfRequests = 0.01
    /// The greatest share of wrong answers among the requests that are answered.
    public internal(set) var wrongOfAnswers = 0.05
    /// The confidence with which both are kept, from 0.5 to below 1.
    public internal(set) var confidence = 0.95
  }

  /// What becomes of two entries with the same wording.
  public enum AmbiguityRule: String, Sendable {
    /// The compile stops.
    case refuse
    /// The wording falls back as `ambiguous`.
    case fallback
  }
}
