import BundleFormat
import BundleReader

/// The evidence as its definitions read, with arrays and without kernels, against which the judge is held.
struct ReferenceJudge {
  /// What was found out about one entry.
  struct Weighed: Equatable {
    var owner: UInt32
    var question: UInt32
    var evidence: [Int64]
  }

  let source: VocabularySource

  /// The evidence on the entries of `found`, the nearest question first.
  func weigh(_ query: [UInt32], _ found: [(question: UInt32, similarity: Int64)]) -> [Weighed] {
    let queryVector = encode(query)
    var entries: [(owner: UInt32, question: UInt32, given: Int64, fitted: Int64, looked: Int)] = []
    var last: Int64 = 0
    for (number, near) in found.enumerated() where number < 64 {
      last = near.similarity
      let owner = source.owners[Int(near.question)]
      let fitted = cosine(queryVector, encode(source.questions[Int(near.question)]))
      if let place = entries.firstIndex(where: { $0.owner == owner }) {
        guard entries[place].looked < 2 else { continue }
        entries[place].looked += 1
        if fitted > entries[place].fitted { (entries[place].fitted, entries[place].question) = (fitted, near.question) }
      } else {
        entries.append((owner, near.question, near.similarity, fitted, 1))
        if entries.count == 8 { break }
      }
    }
    let learned = entries.map { entry -> Int64 in
      guard entry.owner & QuestionRecord.distractorFlag == 0, source.entryScales[Int(entry.owner)] > 0 else {
        return entry.fitted
      }
      return EntrySimilarity.units(
        product: product(queryVector, source.learned(entry.owner)), queryNorm: product(queryVector, queryVector),
        scale: source.entryScales[Int(entry.owner)])
    }
    let given = entries.map(\.given)
    let fitted = entries.map(\.fitted)
    // Stable: of equals the one found first.
    let order = entries.indices.sorted {
      let (left, right) = (given[$0] + fitted[$0] + learned[$0], given[$1] + fitted[$1] + learned[$1])
      return left == right ? $0 < $1 : left > right
    }
    func margin(_ index: Int, _ values: [Int64]) -> Int64 {
      let others = values.indices.filter { $0 != index }.map { values[$0] }
      return values[index] - (others.max() ?? last)
    }
    return order.prefix(4).map { index in
      let (entry, wording) = (entries[index], source.questions[Int(entries[index].question)])
      let unsaid = core(entry.owner, query) ?? (rest: rest(wording, query), worst: 0)
      let margins = [margin(index, given), margin(index, fitted), margin(index, learned)]
      return Weighed(
        owner: entry.owner, question: entry.question,
        evidence: [
          given[index], margins[0], fitted[index], margins[1], learned[index], margins[2],
          fitted[index] + learned[index], margins[0] + margins[1] + margins[2], rest(query, wording),
          rest(wording, query), unsaid.rest, unsaid.worst, Int64(source.wordings(entry.owner)),
        ])
    }
  }

  /// What of an entry's core a query leaves unsaid; `nil` if the entry has none.
  func core(_ owner: UInt32, _ query: [UInt32]) -> (rest: Int64, worst: Int64)? {
    let core = source.core(owner)
    let said = distinct(query)
    guard !core.isEmpty else { return nil }
    var (total, rest, worst) = (Int64(0), Int64(0), Int64(0))
    for (piece, wordings) in core {
      let weight = Int64(source.weights[Int(piece)]) * Int64(wordings) / Int64(source.wordings(owner))
      total += weight
      if said.contains(piece) { continue }
      let nearest = said.map { cosine(source.row(piece), source.row($0)) }.max() ?? 0
      let remainder = weight * (65_536 - max(nearest, 0)) / 65_536
      rest += remainder
      worst = max(worst, remainder)
    }
    return total > 0 ? (rest * 65_536 / total, worst) : (0, 0)
  }

  /// The share of a text's weight that another leaves unsaid.
  func rest(_ text: [UInt32], _ other: [UInt32]) -> Int64 {
    let (mine, theirs) = (distinct(text), distinct(other))
    let total = mine.reduce(Int64(0)) { $0 + Int64(source.weights[Int($1)]) }
    guard total > 0 else { return 0 }
    var rest: Int64 = 0
    for piece in mine where !theirs.contains(piece) {
      let nearest = theirs.map { cosine(source.row(piece), source.row($0)) }.max() ?? 0
      rest += Int64(source.weights[Int(piece)]) * (65_536 - max(nearest, 0)) / 65_536
    }
    return rest * 65_536 / total
  }

  /// The vector of a text: the sum of its rows, each times its factor, scaled so that the largest component is ±127.
  func encode(_ text: [UInt32]) -> [Int] {
    var sum = [Int](repeating: 0, count: VocabularySource.stride)
    for piece in text {
      for (index, value) in source.row(piece).enumerated() { sum[index] += value * Int(source.scales[Int(piece)]) }
    }
    let largest = sum.map(abs).max() ?? 0
    return largest == 0 ? sum : sum.map { Int((Double($0) * (127 / Double(largest))).rounded(.toNearestOrEven)) }
  }

  private func distinct(_ text: [UInt32]) -> [UInt32] {
    var pieces: [UInt32] = []
    for piece in text where !pieces.contains(piece) && pieces.count < 48 { pieces.append(piece) }
    return pieces
  }

  private func product(_ first: [Int], _ second: [Int]) -> Int32 {
    Int32(zip(first, second).reduce(0) { $0 + $1.0 * $1.1 })
  }

  private func cosine(_ first: [Int], _ second: [Int]) -> Int64 {
    Cosine.units(product: product(first, second), norms: product(first, first), product(second, second))
  }
}
