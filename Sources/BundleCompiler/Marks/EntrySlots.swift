import BundleFormat

/// Which kinds of mark vary among the wordings of one entry, its *slots*: "set a 4 minute timer" and "set a timer for an hour"
/// have one answer, so numbers and units are no evidence there.
///
/// - number and unit: two wordings have different plain numbers (none is different from some), or different numbers in names,
///   or different ones said in passing.
/// - date: two wordings have different dates or years (none is different from some).
/// - code: two wordings have different codes (none says nothing).
/// - negation: parity is odd in one wording and even in another.
/// - antonym, direction: one wording has one side of a pair only, or one direction, another the opposite.
///
/// Wordings can be taken out again, so that a self-test can hide one. O(marks) for each change.
public struct EntrySlots {
  private var counts: [Variation: Int] = [:]
  private var distinct = [Int](repeating: 0, count: Part.allCases.count)

  private enum Part: Int, CaseIterable {
    case plainNumbers, namedNumbers, softNumbers, dates, codes, parity
  }

  private enum Variation: Hashable {
    case content(Int, [UInt32])
    case side(UInt16)
    case direction(UInt32)
  }

  /// No wording yet.
  public init() {}

  /// The slots of an entry with these wordings' marks.
  public init(_ wordings: some Sequence<[UInt8]>) {
    for wording in wordings { wording.withBytes { add(QuestionMarks($0)) } }
  }

  /// The kinds that vary.
  public var kinds: VetoKinds {
    var kinds = VetoKinds.none
    let number: [Part] = [.plainNumbers, .namedNumbers, .softNumbers]
    if number.contains(where: { distinct[$0.rawValue] > 1 }) {
      kinds.formUnion([VetoKinds(.number), VetoKinds(.unit)])
    }
    if distinct[Part.dates.rawValue] > 1 { kinds.formUnion(VetoKinds(.date)) }
    if distinct[Part.codes.rawValue] > 1 { kinds.formUnion(VetoKinds(.code)) }
    if distinct[Part.parity.rawValue] > 1 { kinds.formUnion(VetoKinds(.negation)) }
    for variation in counts.keys {
      switch variation {
      case .content: break
      case .side(let side): if counts[.side(side ^ 1)] != nil { kinds.formUnion(VetoKinds(.antonym)) }
      case .direction(let way):
        if counts[.direction(way << 16 | way >> 16)] != nil { kinds.formUnion(VetoKinds(.direction)) }
      }
    }
    return kinds
  }

  /// Adds a wording.
  public mutating func add(_ marks: QuestionMarks) { change(marks, by: 1) }

  /// Takes away a wording that was added before.
  public mutating func remove(_ marks: QuestionMarks) { change(marks, by: -1) }

  private mutating func change(_ marks: QuestionMarks, by amount: Int) {
    let numbers = (0..<marks.numberCount).map { marks.number($0) }
    let isName = { (number: NumberMark) in number.has(NumberMark.isAttached) }
    let isSoft = { (number: NumberMark) in number.has(NumberMark.isSoft) }
    let isYear = { (number: NumberMark) in number.has(NumberMark.isYear) }
    let key = { (numbers: [NumberMark]) in numbers.map { $0.amount != 0 ? $0.amount : $0.raw } }
    change(.plainNumbers, key(numbers.filter { !isName($0) && !isSoft($0) && !isYear($0) }), by: amount)
    let named = key(numbers.filter(isName))
    if !named.isEmpty { change(.namedNumbers, named, by: amount) }
    let soft = key(numbers.filter(isSoft))
    if !soft.isEmpty { change(.softNumbers, soft, by: amount) }
    let dates = (0..<marks.dateCount).map { marks.datePart($0).rawValue }
    change(.dates, dates + key(numbers.filter(isYear)), by: amount)
    let codes = (0..<marks.codeCount).map { marks.code($0) }
    if !codes.isEmpty { change(.codes, codes, by: amount) }
    change(.parity, [marks.isNegated ? 1 : 0], by: amount)
    let sides = (0..<marks.sideCount).map { marks.side($0) }
    for side in sides where !sides.contains(side ^ 1) { count(.side(side), by: amount) }
    for index in 0..<marks.directionCount { count(.direction(marks.direction(index)), by: amount) }
  }

  private mutating func change(_ part: Part, _ content: [UInt32], by amount: Int) {
    let variation = Variation.content(part.rawValue, content)
    let before = counts[variation, default: 0]
    count(variation, by: amount)
    if before == 0 { distinct[part.rawValue] += 1 }
    if before + amount == 0 { distinct[part.rawValue] -= 1 }
  }

  private mutating func count(_ variation: Variation, by amount: Int) {
    let count = counts[variation, default: 0] + amount
    counts[variation] = count == 0 ? nil : count
  }
}
