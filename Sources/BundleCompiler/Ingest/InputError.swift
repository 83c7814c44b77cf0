/// Why an input was refused: which file, which line, what is wrong with it, and what to do about it.
///
/// The description reads `FILE:LINE: what; what to do`, a form that editors turn into a link. The line is left out
/// where a file has none, as in `.npy` files.
public struct InputError: Error, Equatable, Sendable {
  /// The file, as the user would open it: the recipe's path as given, other paths as resolved from the recipe.
  public let file: String
  /// The line, counted from 1, blank lines included; `nil` if the whole file is meant.
  public let line: Int?
  /// What is wrong, without a full stop.
  public let problem: String
  /// What to do about it, without a full stop.
  public let remedy: String

  public init(file: String, line: Int? = nil, problem: String, remedy: String) {
    self.file = file
    self.line = line
    self.problem = problem
    self.remedy = remedy
  }
}

extension InputError: CustomStringConvertible {
  /// The error in one line: `FILE:LINE: what; what to do`.
  public var description: String {
    let place = line.map { "\(file):\($0)" } ?? file
    return "\(place): \(problem); \(remedy)"
  }
}

/// A place in an input that an error can point to.
package struct InputPlace: Equatable, Sendable {
  /// The file as `InputError.file` states it.
  package let file: String
  /// The line, counted from 1, or `nil` for the whole file.
  package var line: Int?

  package init(file: String, line: Int? = nil) {
    self.file = file
    self.line = line
  }

  /// The error that says `problem` about this place.
  package func error(_ problem: String, do remedy: String) -> InputError {
    InputError(file: file, line: line, problem: problem, remedy: remedy)
  }
}
