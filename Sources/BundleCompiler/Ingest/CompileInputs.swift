/// Everything that a compile works on, read and checked: a recipe and the contents of the files it names.
///
/// The order of everything follows from the recipe and its files alone. Answers are not here; see `AnswerReader`.
struct CompileInputs: Sendable {
  let recipe: Recipe
  /// The entries, in the order of the recipe's files and their lines. An entry's index is its ordinal. At least one.
  var entries: [EntryInput]
  /// The stored questions: the canonical ones in the order of the entries (question `i` is that of entry `i`), then
  /// the variants inside entries, then those of the variants files, then the distractors. At most 2³¹.
  var questions: QuestionList
  /// The entries that a layer withdraws from its base, in the order of their lines.
  var withdrawn: [WithdrawnInput] = []
  /// The distractors, in the order of their lines; then the questions that became one by a decision about a pair.
  var distractors: [DistractorInput]
  /// The labelled queries, in the order of their lines.
  var queries: [QueryInput]
  /// The examples of routes, in the order of the recipe.
  var routeExamples: [RouteExampleInput] = []
  /// What was decided about pairs of entries, in the order of the lines; undecided rows are left out.
  var pairs: [PairInput] = []
  /// Hits of a log that a person has marked; `nil` if the recipe names none.
  var markedHits: MarkedHits?
  /// The embeddings given; `nil` if none were.
  var embeddings: InputEmbeddings?
  /// Every file that was read: the recipe, then entries, variants, distractors, queries, then `.npy` files likewise.
  var digests: [InputDigest]
  /// Where large tables may lie in a file; see `WorkingMemory`.
  var workingFolder: String? = nil
}

/// The embeddings given for questions and labelled queries.
struct InputEmbeddings: Sendable {
  /// The id of the model that made them, as the recipe states it.
  let model: String
  /// Whether the vectors were int8 already or quantised here.
  let kind: VectorKind
  /// The vectors of stored questions, in the order of the questions that have one (`QuestionInput.embeddingRow`).
  ///
  /// Variants inside entries have none. `nil` if only queries have embeddings.
  let questions: EmbeddingMatrix?
  /// The vectors of labelled queries (`QueryInput.embeddingRow`), with a scale of their own, so that adding queries
  /// changes no stored vector. `nil` if queries have no embeddings.
  let queries: EmbeddingMatrix?
}

/// An entry of the base that a layer withdraws.
struct WithdrawnInput: Equatable, Sendable {
  /// The entry's id.
  let id: String
  /// Where that is said.
  let place: InputPlace
}

/// How embeddings were given. All files of a recipe give the same kind.
enum VectorKind: Equatable, Sendable {
  /// As int8 components, kept as they are.
  case int8
  /// As floating-point components, quantised here.
  case float
}

/// What identifies one input of a compile, for the bundle's provenance. No folders, no clocks.
struct InputDigest: Equatable, Sendable {
  /// What the file is to the compile.
  enum Role: String, Sendable {
    case recipe
    case entries
    case variants
    case distractors
    case queries
    case pairs
    case routeExamples = "route-examples"
    case entryEmbeddings = "entry-embeddings"
    case variantEmbeddings = "variant-embeddings"
    case distractorEmbeddings = "distractor-embeddings"
    case queryEmbeddings = "query-embeddings"
    case prior
    /// The earlier bundle that a compile builds upon; its digest is the root of its hash tree.
    case previous
    /// The bundle that a layer lies over; likewise.
    case base
    case markedHits = "marked-hits"
    case judge
    case rules
    case marks
  }

  let role: Role
  /// The last component of the file's path.
  let name: String
  /// The size of the file in bytes.
  let size: Int
  /// BLAKE2b-256 of the file, as 64 hexadecimal digits.
  let blake2b: String
  /// The number of records or rows in the file; `nil` if it has none.
  let records: Int?

  init(role: Role, path: String, size: Int, blake2b: String, records: Int? = nil) {
    self.role = role
    name = path.lastIndex(of: "/").map { String(path[path.index(after: $0)...]) } ?? path
    self.size = size
    self.blake2b = blake2b
    self.records = records
  }
}
