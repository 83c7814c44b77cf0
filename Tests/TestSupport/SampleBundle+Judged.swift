import BundleFormat
import BundleReader
import Foundation

// Foundation has a Bundle too.
import class BundleReader.Bundle

extension SampleBundle {
  /// Questions of a railway, some of which differ in a number or a denial only, with a distractor; without given vectors, so
  /// that a compile fits nothing. `further` stands at the end of the recipe.
  public static func railway(in folder: TemporaryFolder, further: String = "") throws -> String {
    let questions = [
      ("bags-2", "How many bags can 2 people take on the night train?"),
      ("bags-4", "How many bags can 4 people bring in a sleeping compartment?"),
      ("bicycle", "Where do I leave my bicycle on the ferry?"),
      ("dogs", "Are dogs allowed in the dining car?"),
      ("lost", "Who keeps umbrellas that were lost on a tram?"),
      ("refund", "When is a ticket for a cancelled train paid back?"),
      ("refund-not", "When is a ticket for a cancelled train not paid back?"),
      ("seat", "How do I book a window seat?"),
      ("tea", "What does a cup of tea cost in the dining car?"),
      ("steps", "Which platforms have no steps?"),
    ]
    var entries = ""
    for (id, question) in questions {
      entries += #"{"id":"\#(id)","question":"\#(question)","answer":"The answer about \#(id)."}"# + "\n"
    }
    try folder.write("entries.jsonl", entries)
    try folder.write(
      "variants.jsonl",
      [
        ("bicycle", "Is there room for a bicycle on the ferry?"), ("bicycle", "Can my bicycle come on the ferry?"),
        ("seat", "Reserving a seat at the window"), ("lost", "I left my umbrella on the tram, who has it?"),
      ].map { #"{"id":"\#($0)","question":"\#($1)"}"# + "\n" }.joined())
    try folder.write(
      "distractors.jsonl",
      #"{"question":"Is my own train running late this morning?","reason":"guard","route":"live"}"# + "\n")
    try folder.write(
      "recipe.yaml",
      """
      name: railway
      version: 1
      entries: entries.jsonl
      variants: variants.jsonl
      distractors: distractors.jsonl
      encoder: {max_bytes: 80000}
      \(further)
      """)
    let output = folder.file("railway.almanac")
    try compile(recipe: folder.file("recipe.yaml"), to: output)
    return output
  }
}

extension ForgedBundle {
  /// Where the payload of a section of one segment begins in the file; its lead-in is the 48 bytes before.
  public static func place(_ name: SectionName, of bundle: Bundle, in file: [UInt8]) throws -> Int? {
    let payload = try bundle.segment(name, 0).copied
    let size = bundle.size(name).bytes / max(bundle.count(name), 1)
    let value = Array(Segment.value(payload: payload, elementSize: size).prefix(Segment.leadIn + payload.count))
    // Payloads begin on 64-byte boundaries.
    return stride(from: 64, through: file.count - payload.count, by: 64).first { place in
      file[place - Segment.leadIn] == value[0]
        && file[place - Segment.leadIn..<place + payload.count].elementsEqual(value)
    }
  }

  /// Writes to `path` what `good` would be with thresholds that every score reaches and a judge of one tree; `change` may
  /// alter more.
  public static func judged(
    _ good: String, by tree: JudgeTree, to path: String, change: (inout [UInt8]) -> Void = { _ in }
  ) throws {
    let (bytes, bundle) = (try contents(good), try Bundle.open(good))
    guard let model = bundle.judge, let judge = try place(.decisionJudge, of: bundle, in: bytes),
      let parameters = try place(.decisionParameters, of: bundle, in: bytes)
    else { throw BundleError.missingSection(.decisionJudge) }
    try write(bytes, to: path) { data in
      let section = JudgeTree.section(tree, inPlaceOf: model)
      data.replaceSubrange(judge..<judge + section.count, with: section)
      var decision = bundle.decision
      decision.textThreshold = Int64.min
      decision.vectorThreshold = Int64.min
      decision.modes?.bothThreshold = Int64.min
      data.replaceSubrange(parameters..<parameters + DecisionParameters.size, with: decision.encoded)
      change(&data)
    }
  }

  /// Gives every key of a section another name, so that no reader finds it.
  public static func hide(_ name: SectionName, in data: inout [UInt8]) {
    let key = Array("\(name.key)/00000000".utf8)
    for place in 0..<data.count - key.count
    where data[place] == key[0] && data[place..<place + key.count].elementsEqual(key) {
      // The last letter before the slash goes up by one, which keeps the order of the keys.
      data[place + key.count - 10] += 1
    }
  }
}
