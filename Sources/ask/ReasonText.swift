import BundleFormat

extension FallbackReason {
  /// The reason as a person may read it.
  ///
  /// - Parameter ofBundle: Whether it is about the whole bundle rather than about one entry.
  func sentence(ofBundle: Bool) -> String {
    let bundleExpired = "the whole bundle's time has passed; fetch a newer one"
    return "I don't know (\(name)): \(ofBundle && self == .expired ? bundleExpired : words)."
  }

  private var words: String {
    switch self {
    case .noMatch: "nothing stored is near enough"
    case .ambiguous: "more than one answer could be meant, and nothing tells which; say more, or give a --scope"
    case .guarded: "questions of this kind are not answered from a bundle"
    case .distractor: "the nearest stored question is one that must not be answered from here"
    case .needsContext: "the question cannot be understood without what was said before"
    case .severalQuestions: "this is more than one question; ask them one by one"
    case .scope: "what was found is valid for another scope"
    case .expired: "there was an answer, and its time has passed"
    case .notYetValid: "there is an answer, and its time has not come"
    case .missingVariable: "the answer needs a value that was not given"
    case .encoderMismatch: "the vector comes from another embedding model"
    case .emptyQuery: "nothing is left of the question once white space and marks are taken away"
    case .queryTooLong: "the question is longer than 4096 bytes"
    case .damaged:
      "a damaged part of the bundle lies on the way, or its layer is past its time; fetch it again (almanac verify says where)"
    }
  }
}
