/// The sections of a bundle, each an array of segments under one LMDB database.
///
/// The raw value is the section's place in the reader's directory and never reaches a file; `database` and `key` do.
public enum SectionName: UInt8, CaseIterable, Sendable {
  case encoderParameters, encoderPieces, encoderPieceRecords, encoderPieceText, encoderPieceWeights, encoderRows
  case indexParameters, indexRotation, indexListCodes, indexCentroids, indexLists, indexCodebooks, indexCodes,
    indexQuestions, indexVectors
  case questionRecords, questionText, questionDistractors, questionMarkRecords, questionMarks
  case questionPieceRuns, questionPieces
  case exactTable
  case idTable
  case entryRecords, entryText, entryVectors, entryVectorScales
  case answerFrames
  case decisionParameters, decisionAcceptance, decisionRoutes, decisionRouteExamples, decisionRouteLabels, decisionRules
  case decisionMarksLexicon
  case metaManifest, metaDictionary
  case wordTable, wordLetters
  case decisionJudge
  case entryCoreRuns, entryCores
  case layerBase, layerReplaced
  case questionPrompts
  case entryFreshness
  case indexListCodebooks

  /// The LMDB named database that holds the section.
  public var database: StaticString {
    switch self {
    case .encoderParameters, .encoderPieces, .encoderPieceRecords, .encoderPieceText, .encoderPieceWeights,
      .encoderRows:
      "encoder"
    case .indexParameters, .indexRotation, .indexListCodes, .indexCentroids, .indexLists, .indexCodebooks, .indexCodes,
      .indexQuestions, .indexVectors:
      "index"
    case .questionRecords, .questionText, .questionDistractors, .questionMarkRecords, .questionMarks,
      .questionPieceRuns, .questionPieces:
      "questions"
    case .exactTable: "exact"
    case .idTable: "ids"
    case .entryRecords, .entryText, .entryVectors, .entryVectorScales: "entries"
    case .answerFrames: "answers"
    case .decisionParameters, .decisionAcceptance, .decisionRoutes, .decisionRouteExamples, .decisionRouteLabels,
      .decisionRules, .decisionMarksLexicon:
      "decision"
    case .metaManifest, .metaDictionary: "meta"
    case .wordTable, .wordLetters: "words"
    case .decisionJudge: "decision"
    case .entryCoreRuns, .entryCores, .entryFreshness: "entries"
    case .layerBase, .layerReplaced: "layer"
    case .questionPrompts: "questions"
    case .indexListCodebooks: "index"
    }
  }

  /// The part of the LMDB key before the slash and the eight-digit segment number.
  public var key: StaticString {
    switch self {
    case .encoderParameters, .indexParameters, .decisionParameters: "parameters"
    case .encoderPieces, .questionPieces: "pieces"
    case .encoderPieceRecords: "piece-records"
    case .encoderPieceText: "piece-text"
    case .encoderPieceWeights: "piece-weights"
    case .encoderRows: "rows"
    case .questionPieceRuns: "piece-runs"
    case .decisionJudge: "judge"
    case .entryCoreRuns: "core-runs"
    case .entryCores: "cores"
    case .indexRotation: "rotation"
    case .indexListCodes: "list-codes"
    case .indexListCodebooks: "list-codebooks"
    case .indexCentroids: "centroids"
    case .indexLists: "lists"
    case .indexCodebooks: "codebooks"
    case .indexCodes: "codes"
    case .indexQuestions: "questions"
    case .indexVectors, .entryVectors: "vectors"
    case .entryVectorScales: "vector-scales"
    case .questionRecords, .entryRecords: "records"
    case .questionText, .entryText: "text"
    case .questionDistractors: "distractors"
    case .questionMarkRecords: "mark-records"
    case .questionMarks: "marks"
    case .exactTable, .idTable, .wordTable: "table"
    case .answerFrames: "frames"
    case .decisionAcceptance: "acceptance"
    case .decisionRoutes: "routes"
    case .decisionRouteExamples: "route-examples"
    case .decisionRouteLabels: "route-labels"
    case .decisionRules: "rules"
    case .decisionMarksLexicon: "marks-lexicon"
    case .metaManifest: "manifest"
    case .metaDictionary: "dictionary"
    case .wordLetters: "letters"
    case .layerBase: "base"
    case .layerReplaced: "replaced"
    case .questionPrompts: "prompts"
    case .entryFreshness: "freshness"
    }
  }

  /// Whether every bundle has the section with at least one element.
  public var isRequired: Bool {
    switch self {
    case .questionDistractors, .indexRotation, .indexListCodes, .indexListCodebooks, .indexCodebooks, .indexCodes,
      .indexQuestions,
      .indexVectors, .decisionAcceptance,
      .decisionRoutes, .decisionRouteExamples, .decisionRouteLabels, .decisionRules, .decisionMarksLexicon,
      .metaDictionary, .questionMarkRecords, .questionMarks, .wordTable, .wordLetters, .encoderPieceWeights,
      .questionPieceRuns, .questionPieces, .decisionJudge, .entryCoreRuns, .entryCores, .entryVectors,
      .entryVectorScales, .layerBase, .layerReplaced, .questionPrompts, .entryFreshness:
      false
    default: true
    }
  }

  /// Whether every layer has the section with at least one element. The rest of the encoder is its base's, and a layer that
  /// only withdraws entries has none of its own.
  public var isRequiredInLayer: Bool {
    switch self {
    case .encoderParameters, .indexParameters, .indexCentroids, .indexLists, .exactTable, .idTable,
      .decisionParameters, .metaManifest, .layerBase:
      true
    default: false
    }
  }

  /// `database/key`, for messages.
  public var text: String { "\(database)/\(key)" }
}
