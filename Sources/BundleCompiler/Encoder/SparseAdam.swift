/// Rows that are moved along their gradients as Adam does (Kingma and Ba 2015), at the cost of only those rows that a step has
/// gradients for.
///
/// While a row has no gradient, its first moment shrinks by one factor at each step and the root of its second by another,
/// so all the moves it makes until its next gradient are one vector times a number: they are made when it is next used.
struct SparseAdam {
  /// The decay of the first moment at each step.
  private static let firstDecay: Float = 0.9
  /// The decay of the second moment.
  private static let secondDecay: Float = 0.99
  /// Keeps the quotient of a vanishing gradient finite.
  private static let floor: Float = 1e-5
  /// The share of a first move that is left after so many steps is below a hundred-thousandth.
  private static let longestMemory = 128

  /// The rows, as they were at the step that each was settled for.
  let values: FloatRows
  private let first: FloatRows
  private let second: FloatRows
  /// The step of each row's last gradient; 0 for none yet.
  private var lastStep: [Int32]
  /// What a move at each step is multiplied by, from step 1 on: the falling rate with both moments' corrections.
  private var rates: [Float] = [0]
  private let ratio: Float

  /// Takes the rows over.
  ///
  /// - Parameters:
  ///   - rate: The length of a first move in each component, in units of the components; it falls linearly to zero.
  ///   - steps: The number of steps to come.
  init(_ values: FloatRows, rate: Float, steps: Int) {
    self.values = values
    first = FloatRows(count: values.count, dimensions: 8 * values.groups)
    second = FloatRows(count: values.count, dimensions: 8 * values.groups)
    lastStep = [Int32](repeating: 0, count: values.count)
    ratio = Self.firstDecay / Self.secondDecay.squareRoot()
    var powers: (first: Float, second: Float) = (1, 1)
    for step in 0..<steps {
      powers.first *= Self.firstDecay
      powers.second *= Self.secondDecay
      let falling = rate * (1 - Float(step + 1) / Float(steps + 1))
      rates.append(falling * (1 - powers.second).squareRoot() / (1 - powers.first))
    }
  }

  /// Makes all moves of a row that come before `step`. To be called once before each gradient and once after the last.
  func settle(_ index: Int, before step: Int) {
    let last = Int(lastStep[index])
    guard last > 0 else { return }
    var sum: Float = 0
    var share: Float = 1
    for past in last..<min(step, last + Self.longestMemory, rates.count) {
      sum += rates[past] * share
      share *= ratio
    }
    let row = values.row(index)
    let moments = first.row(index)
    let squares = second.row(index)
    for group in 0..<values.groups {
      row[group] += moments[group] * sum / (squares[group].squareRoot() + Self.floor)
    }
  }

  /// Takes the gradient of a row at `step`, uphill, and makes its moments those of that step.
  mutating func push(_ index: Int, _ gradient: FloatRow, step: Int) {
    var decays: (first: Float, second: Float) = (Self.firstDecay, Self.secondDecay)
    if lastStep[index] > 0 {
      for _ in 1..<max(step - Int(lastStep[index]), 1) {
        decays.first *= Self.firstDecay
        decays.second *= Self.secondDecay
      }
    }
    lastStep[index] = Int32(step)
    let moments = first.row(index)
    let squares = second.row(index)
    for group in 0..<values.groups {
      let slope = gradient[group]
      moments[group] = moments[group] * decays.first + slope * (1 - Self.firstDecay)
      squares[group] = squares[group] * decays.second + slope * slope * (1 - Self.secondDecay)
    }
  }
}
