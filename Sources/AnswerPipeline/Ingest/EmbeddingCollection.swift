import BundleCompiler

/// Vectors of texts, as an embedding batch returned them: all of one model and one width.
struct EmbeddingCollection {
  private struct Item {
    let vector: [Float]
    let line: Int
  }

  private var items: [ExactText: Item] = [:]
  /// The model that made them, if any result names one.
  private(set) var model: String?
  private var width: Int?

  /// Whether there are none.
  var isEmpty: Bool { items.isEmpty }

  /// Adds the vector of the text with the normal form `form`; the last one of a text counts. Says what is wrong if it does
  /// not belong with the others.
  mutating func add(_ vector: [Float], of form: String, model given: String?, line: Int) -> String? {
    if let given, let model, model != given { return "the embedding is by \(given), the first one by \(model)" }
    if let width, width != vector.count { return "the embedding has \(vector.count) numbers, the first one \(width)" }
    model = model ?? given
    width = vector.count
    items[ExactText(form)] = Item(vector: vector, line: line)
    return nil
  }

  /// The vector of the text with this normal form.
  func vector(_ form: String) -> [Float]? { items[ExactText(form)]?.vector }

  /// The line that gave it.
  func line(_ form: String) -> Int? { items[ExactText(form)]?.line }

  /// The lines of all vectors.
  var lines: [Int] { items.values.map(\.line) }
}
