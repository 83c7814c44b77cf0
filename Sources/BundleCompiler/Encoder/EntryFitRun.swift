/// One fit under way: what `EntryFit` keeps from step to step.
final class EntryFitRun {
  private let settings: EntryFit
  private let texts: TokenizedTexts
  private let targets: VectorMatrix
  private let labels: [Int32]
  // Only pieces that occur have a row here: the row of each piece, or -1, and the piece of each row.
  private var rowOfPiece: [Int32]
  private var pieceOfRow: [Int] = []
  private var pieces: SparseAdam
  private var classes: SparseAdam
  /// The classes with a question.
  private var present: [Int32] = []
  private let usesAllClasses: Bool

  // Working memory of a step.
  private let directions: FloatRows
  private let turns: FloatRows
  private let pieceGradients: FloatRows
  private let classGradients: FloatRows
  private var lengths: [Float]
  private var kept: [Int32] = []
  private var keptStarts: [Int] = []
  private var touched: [Int32] = []
  private var lastTouch: [Int32]
  private var columnOfClass: [Int32]

  /// Prepares a fit: the vector of each class starts as the direction of the mean of its questions' directions.
  init(
    _ settings: EntryFit, _ table: PieceTable, texts: TokenizedTexts, targets: VectorMatrix, classes: EntryClasses,
    questions: [Int], batch: Int, steps: Int
  ) {
    self.settings = settings
    self.texts = texts
    self.targets = targets
    labels = classes.ofQuestion
    rowOfPiece = [Int32](repeating: -1, count: table.count)
    for question in questions {
      for piece in texts.pieces[texts.range(question)] where rowOfPiece[Int(piece)] < 0 {
        rowOfPiece[Int(piece)] = Int32(pieceOfRow.count)
        pieceOfRow.append(Int(piece))
      }
    }
    let rows = FloatRows(count: pieceOfRow.count, dimensions: table.dimensions)
    var square: Float = 0
    for (row, piece) in pieceOfRow.enumerated() {
      for component in 0..<table.dimensions {
        rows[row, component] = table.values[piece * table.dimensions + component]
      }
      square += rows.product(row, rows, row)
    }
    let mean = (square / Float(max(pieceOfRow.count * table.dimensions, 1))).squareRoot()
    let vectors = FloatRows(count: classes.count, dimensions: table.dimensions)
    directions = FloatRows(count: batch, dimensions: table.dimensions)
    turns = FloatRows(count: batch, dimensions: table.dimensions)
    var isPresent = [Bool](repeating: false, count: classes.count)
    for question in questions where labels[question] >= 0 {
      directions.clear(0)
      for piece in texts.pieces[texts.range(question)] {
        directions.add(1, rows, Int(rowOfPiece[Int(piece)]), to: 0)
      }
      Self.normalize(directions, 0)
      vectors.add(1, directions, 0, to: Int(labels[question]))
      isPresent[Int(labels[question])] = true
    }
    for number in 0..<classes.count where isPresent[number] {
      Self.normalize(vectors, number)
      present.append(Int32(number))
    }
    usesAllClasses = present.count <= EntryClasses.maximumTogether
    pieces = SparseAdam(rows, rate: settings.rate * mean, steps: steps)
    self.classes = SparseAdam(vectors, rate: settings.classRate, steps: steps)
    pieceGradients = FloatRows(count: rows.count, dimensions: table.dimensions)
    classGradients = FloatRows(
      count: usesAllClasses ? present.count : min(batch, present.count), dimensions: table.dimensions)
    lengths = [Float](repeating: 0, count: batch)
    lastTouch = [Int32](repeating: 0, count: rows.count)
    columnOfClass = [Int32](repeating: -1, count: classes.count)
  }

  /// Makes the last moves and returns the rows of `table` with those fitted in their places, and the classes' vectors.
  func finish(_ table: PieceTable) -> (pieces: PieceTable, classes: FloatRows) {
    var fitted = table
    for (row, piece) in pieceOfRow.enumerated() {
      pieces.settle(row, before: Int.max)
      for component in 0..<table.dimensions {
        fitted.values[piece * table.dimensions + component] = pieces.values[row, component]
      }
    }
    for number in present { classes.settle(Int(number), before: Int.max) }
    return (fitted, classes.values)
  }

  /// Looks at `questions`, at most a batch, and moves rows and vectors uphill.
  func step(_ step: Int, questions: [Int], _ generator: inout SeededGenerator) {
    load(questions, step, &generator)
    let columns = columns(of: questions)
    for column in columns { classes.settle(Int(column), before: step) }
    let residuals = residuals(questions, columns)
    turn(questions, columns, residuals)
    push(questions.count, step)
    pushClasses(questions.count, columns, residuals, step)
    for column in columns { columnOfClass[Int(column)] = -1 }
  }

  // Chooses the pieces that stay and makes the directions of the questions.
  private func load(_ questions: [Int], _ step: Int, _ generator: inout SeededGenerator) {
    kept.removeAll(keepingCapacity: true)
    touched.removeAll(keepingCapacity: true)
    keptStarts.removeAll(keepingCapacity: true)
    let threshold = UInt64(settings.dropout * 16_777_216)
    for (place, question) in questions.enumerated() {
      keptStarts.append(kept.count)
      directions.clear(place)
      for piece in texts.pieces[texts.range(question)] where generator.next() >> 40 >= threshold {
        let row = rowOfPiece[Int(piece)]
        kept.append(row)
        if lastTouch[Int(row)] != Int32(step) {
          lastTouch[Int(row)] = Int32(step)
          touched.append(row)
          pieces.settle(Int(row), before: step)
          pieceGradients.clear(Int(row))
        }
        directions.add(1, pieces.values, Int(row), to: place)
      }
      lengths[place] = Self.normalize(directions, place)
    }
    keptStarts.append(kept.count)
  }

  // The classes that this step tells apart.
  private func columns(of questions: [Int]) -> [Int32] {
    var columns: [Int32] = []
    if usesAllClasses {
      columns = present
      for (column, number) in columns.enumerated() { columnOfClass[Int(number)] = Int32(column) }
    } else {
      for question in questions where labels[question] >= 0 && columnOfClass[Int(labels[question])] < 0 {
        columnOfClass[Int(labels[question])] = Int32(columns.count)
        columns.append(labels[question])
      }
    }
    return columns
  }

  // For each question and class: one for the question's own class, less the softmax; all zero for a question of no class.
  private func residuals(_ questions: [Int], _ columns: [Int32]) -> [Float] {
    let width = columns.count
    var residuals = [Float](repeating: 0, count: questions.count * width)
    guard width > 0 else { return residuals }
    residuals.withUnsafeMutableBufferPointer { residuals in
      for first in stride(from: 0, to: questions.count, by: 2) {
        let second = min(first + 1, questions.count - 1)
        for left in stride(from: 0, to: width, by: 2) {
          let right = min(left + 1, width - 1)
          let products = directions.products(
            (first, second), classes.values, (Int(columns[left]), Int(columns[right])))
          residuals[first * width + left] = products.0
          residuals[first * width + right] = products.1
          residuals[second * width + left] = products.2
          residuals[second * width + right] = products.3
        }
      }
      for (place, question) in questions.enumerated() {
        let row = UnsafeMutableBufferPointer(rebasing: residuals[place * width..<(place + 1) * width])
        if labels[question] >= 0, lengths[place] > 0 {
          subtractSoftmax(row, own: Int(columnOfClass[Int(labels[question])]))
        } else {
          for column in 0..<width { row[column] = 0 }
        }
      }
    }
    return residuals
  }

  /// Classes that are this many temperatures less likely than the likeliest are left alone: a share below 1/20,000.
  private static let furthest: Float = -10

  private func subtractSoftmax(_ row: UnsafeMutableBufferPointer<Float>, own: Int) {
    let inverse = 1 / settings.temperature
    var largest = row[0]
    for value in row { largest = max(largest, value) }
    var total: Float = 0
    for column in 0..<row.count {
      let exponent = (row[column] - largest) * inverse
      let weight = exponent > Self.furthest ? Exponential.ofNegative(exponent) : 0
      row[column] = weight
      total += weight
    }
    let factor = -1 / total
    for column in 0..<row.count { row[column] *= factor }
    row[own] += 1
  }

  // Where each question's direction should turn: across itself, towards its class and its embedding.
  private func turn(_ questions: [Int], _ columns: [Int32], _ residuals: [Float]) {
    var weights: [Float] = []
    var sources: [Int32] = []
    for (place, question) in questions.enumerated() {
      turns.clear(place)
      guard lengths[place] > 0 else { continue }
      addTarget(question, to: place)
      weights.removeAll(keepingCapacity: true)
      sources.removeAll(keepingCapacity: true)
      for column in 0..<columns.count where residuals[place * columns.count + column] != 0 {
        weights.append(residuals[place * columns.count + column])
        sources.append(columns[column])
      }
      turns.addAll(weights, classes.values, sources, to: place)
      let along = directions.product(place, turns, place)
      turns.add(-along, directions, place, to: place)
      turns.scale(place, by: 1 / lengths[place])
    }
  }

  private func addTarget(_ question: Int, to place: Int) {
    let target = targets.row(question)
    var square: Int32 = 0
    for component in 0..<targets.dimensions { square &+= Int32(target[component]) * Int32(target[component]) }
    guard square > 0 else { return }
    let factor = settings.fidelity / Float(square).squareRoot()
    for component in 0..<targets.dimensions { turns[place, component] += factor * Float(target[component]) }
  }

  private func push(_ count: Int, _ step: Int) {
    for place in 0..<count where lengths[place] > 0 {
      for row in kept[keptStarts[place]..<keptStarts[place + 1]] {
        pieceGradients.add(1, turns, place, to: Int(row))
      }
    }
    for row in touched { pieces.push(Int(row), pieceGradients.row(Int(row)), step: step) }
  }

  private func pushClasses(_ count: Int, _ columns: [Int32], _ residuals: [Float], _ step: Int) {
    var weights: [Float] = []
    var sources: [Int32] = []
    for (column, number) in columns.enumerated() {
      weights.removeAll(keepingCapacity: true)
      sources.removeAll(keepingCapacity: true)
      for place in 0..<count where residuals[place * columns.count + column] != 0 {
        weights.append(residuals[place * columns.count + column])
        sources.append(Int32(place))
      }
      classGradients.clear(column)
      classGradients.addAll(weights, directions, sources, to: column)
      classes.push(Int(number), classGradients.row(column), step: step)
    }
  }

  // Gives a row the length one and returns what it was; a row of zeros stays.
  @discardableResult
  private static func normalize(_ rows: FloatRows, _ index: Int) -> Float {
    let length = rows.product(index, rows, index).squareRoot()
    guard length > 1e-6 else {
      rows.clear(index)
      return 0
    }
    rows.scale(index, by: 1 / length)
    return length
  }
}
