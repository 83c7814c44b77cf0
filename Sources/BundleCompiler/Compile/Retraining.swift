/// Why an earlier bundle is not built upon, though it was asked for.
enum Retraining: Error, CustomStringConvertible {
  /// There are now so many vectors, and there were then.
  case size(Int, Int)
  /// The search finds this share of the nearest questions, and that one was asked for; both 0…1.
  case recall(Double, Double)

  var description: String {
    switch self {
    case .size(let now, let then): "its index was trained for \(then) vectors, and there are \(now)"
    case .recall(let found, let asked):
      "with its index the search finds \((found * 10_000).rounded() / 100) % of the nearest questions, "
        + "less than \((asked * 10_000).rounded() / 100) %"
    }
  }
}
