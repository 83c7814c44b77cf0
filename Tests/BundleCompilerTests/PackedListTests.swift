import BundleFormat
import TestSupport
import Testing

@testable import BundleCompiler

/// Lists that are packed for millions of questions hold what was put into them.
@Suite struct PackedListTests {
  private static func strings(_ count: Int, _ random: inout SeededRandom) -> [[UInt8]] {
    (0..<count).map { _ in
      (0..<Int.random(in: 0...3, using: &random)).map { _ in UInt8.random(in: 97...99, using: &random) }
    }
  }

  @Test func packedStringsReadBack() {
    var random = SeededRandom()
    let strings = Self.strings(500, &random)
    var packed = ByteStrings(strings.prefix(200))
    packed.append(ByteStrings(strings.dropFirst(200)))
    #expect(Array(packed) == strings, "seed \(random.seed)")
    #expect(packed.indices.map { packed.length($0) } == strings.map(\.count))
    #expect(Array(TextList(utf8: packed)) == strings.map { String(decoding: $0, as: UTF8.self) })
  }

  @Test func repeatedFormsAreAllFound() {
    var random = SeededRandom()
    let forms = Self.strings(400, &random)
    let groups = Dictionary(grouping: forms.indices, by: { forms[$0] }).values.filter { $0.count > 1 }
    let repeats = RepeatedForms(ByteStrings(forms))
    #expect(Set(repeats.groups) == Set(groups), "seed \(random.seed)")
    #expect(repeats.places.map(\.index) == groups.flatMap { $0 }.sorted())
  }

  @Test func wordingsAreThoseOfTheirOwner() {
    var random = SeededRandom()
    let owners = (0..<300).map { _ in
      UInt32.random(in: 0..<90, using: &random) | (Bool.random(using: &random) ? 1 << 31 : 0)
    }
    let wordings = OwnerWordings(owners)
    var visited: [UInt32] = []
    wordings.visit { owner, own in
      visited.append(owner)
      #expect(own.map { owners[Int($0)] } == Array(repeating: owner, count: own.count))
    }
    #expect(visited == Set(owners).sorted(), "seed \(random.seed)")
    for owner in Set(owners).union([7_777]) {
      let expected = owners.indices.filter { owners[$0] == owner }
      #expect(wordings.questions(owner) == expected && wordings.count(owner) == expected.count)
    }
  }

  @Test func questionsKeepOwnersOriginsAndRows() {
    let first = QuestionInput(text: "Ägypten?", owner: .entry(3), origin: .sampled, embeddingRow: 8)
    let second = QuestionInput(text: "", owner: .distractor(0), origin: .written, embeddingRow: nil)
    var list = QuestionList()
    list.append(first)
    var further = QuestionList()
    further.append(second)
    list.append(further)
    #expect(Array(list) == [first, second])
    list.setOwner(0, .distractor(1))
    #expect(list.owner(0) == .distractor(1) && list[0].text == first.text && list.embeddingRow(1) == nil)
  }
}
