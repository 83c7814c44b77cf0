import BundleFormat

/// What a compile did, for its closing summary.
public struct CompileReport: Sendable {
  /// The bundle's path.
  public var path: String
  /// The bundle's name and version.
  public var name: String
  public var version: UInt64
  /// The root of the hash tree, hexadecimal.
  public var root: String
  /// The length of the file in bytes.
  public var fileBytes: Int
  /// The numbers of entries, stored questions and distractors.
  public var entries: Int
  public var questions: Int
  public var distractors: Int
  /// How many wordings were left out because their entry had them already.
  public var repeatedWordings: Int
  /// The embedding model, and the mean cosine of the encoder's vectors with the given ones for questions it was not fitted to.
  public var model: String
  public var dimensions: Int
  public var fidelity: Double?
  /// The number of pieces the encoder knows.
  public var pieces: Int
  /// The index: lists, lists probed, rows scored exactly, measured recall and on how many queries.
  public var lists: Int
  public var probes: Int
  public var rerank: Int
  public var recall: Double
  public var recallTarget: Double
  public var recallQueries: Int
  /// The least costly efforts for growing recall, that of the bundle among them.
  public var frontier: [Effort]
  /// The evidence level of the bundle, and the operating points for queries that are a text, a vector, or both.
  public var level: String
  public var text: Point
  public var vector: Point
  public var both: Point
  /// The pairs of entries that the self-test confused most, the worst first.
  public var pairs: [ConfusablePair]
  /// The payload bytes of each section.
  public var sections: [(name: String, bytes: Int)]
  /// The stages with their seconds.
  public var stages: [Stage]
  /// The outcome of the recipe's labelled queries, if it has any.
  public var queries: LabelledOutcome?
  /// The rules for courtesy and never-classes.
  public var rules: Rules
  /// The root of the earlier bundle that this one builds upon, hexadecimal; `nil` if none was given.
  public var previous: String?
  /// The root of the bundle that this one lies over as a layer, hexadecimal; `nil` for a whole bundle.
  public var base: String?
  /// Why everything was trained anew though an earlier bundle was given; `nil` if it was kept.
  public var retraining: String?

  /// How far a search would go, and what recall it would reach.
  public struct Effort: Sendable {
    /// The lists probed: the most, and how many on average.
    public var probes: Int
    public var meanProbes: Double
    /// The places scored exactly: the most, and how many on average.
    public var rerank: Int
    public var meanRerank: Double
    /// The share of queries whose nearest neighbour was found.
    public var recall: Double

    init(_ point: SearchTuning.Point) {
      probes = point.probes
      meanProbes = point.meanProbes
      rerank = point.rerank
      meanRerank = point.meanRerank
      recall = point.recall
    }
  }

  /// The least number of entries that a self-test can rest on.
  public static let leastEntries = OperatingPoint.minimumSample

  /// What the rules are, and what they would do to the bundle's own questions.
  public struct Rules: Sendable {
    /// The codes of the languages whose tables are used.
    public var languages: [String]
    /// Whether courtesy is cut away.
    public var cutsCourtesy: Bool
    /// The classes that are on, each with the number of stored questions that it would keep back if they were asked and
    /// their entry had only its other wordings.
    public var classes: [(name: String, barred: Int)]

    init(_ rules: CompiledRules, _ questions: QuestionRules) {
      languages = rules.languages
      cutsCourtesy = rules.cutsCourtesy
      classes = (0..<RuleClasses.count).compactMap { index in
        let shown = RuleClasses(rawValue: 1 << UInt8(index)).intersection(.excusable)
        guard !shown.isEmpty, rules.classes.contains(shown) else { return nil }
        return ("\(RuleClasses.name(index))", questions.barred[index])
      }
    }
  }

  /// A stage of a compile with what it took.
  public struct Stage: Sendable {
    /// Its name.
    public var name: String
    /// From beginning to end.
    public var seconds: Double
    /// What all threads spent: less than the seconds where the machine did other things, more where several worked.
    public var processorSeconds: Double
  }
}
