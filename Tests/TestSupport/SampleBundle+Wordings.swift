import Foundation

extension SampleBundle {
  private static let topics = [
    "parcel", "refund", "password", "invoice", "holiday", "bicycle", "window", "kettle", "library", "harvest",
  ]
  private static let openings = [
    "tell me about my", "what became of the", "i have lost the", "where do i find the", "please explain the",
    "who looks after the",
  ]

  /// Ten entries with six wordings each and one with a single wording, with made-up vectors of 16 components: enough for
  /// entries to have vectors of their own. `further` stands at the end of the recipe.
  public static func wordings(in folder: TemporaryFolder, further: String = "") throws -> String {
    var random = SeededRandom(seed: 11)
    var entries = ""
    var variants = ""
    var entryValues: [UInt8] = []
    var variantValues: [UInt8] = []
    func vector(_ topic: Int) -> [UInt8] {
      (0..<16).map { UInt8(bitPattern: Int8(($0 == topic ? 90 : 0) + Int.random(in: -30...30, using: &random))) }
    }
    for (topic, word) in topics.enumerated() {
      for (number, opening) in openings.enumerated() {
        let question = "\(opening) \(word)"
        if number == 0 {
          entries += #"{"id":"\#(word)","question":"\#(question)","answer":"Ask for the \#(word)."}"# + "\n"
          entryValues += vector(topic)
        } else {
          variants += #"{"id":"\#(word)","question":"\#(question)"}"# + "\n"
          variantValues += vector(topic)
        }
      }
    }
    entries += #"{"id":"lamp","question":"how bright is a lamp","answer":"Bright enough."}"# + "\n"
    entryValues += vector(12)
    try folder.write("entries.jsonl", entries)
    try folder.write("variants.jsonl", variants)
    try Data(numpy(rows: 11, columns: 16, entryValues[...])).write(to: URL(fileURLWithPath: folder.file("entries.npy")))
    try Data(numpy(rows: 50, columns: 16, variantValues[...])).write(
      to: URL(fileURLWithPath: folder.file("variants.npy")))
    try folder.write(
      "recipe.yaml",
      """
      name: wordings
      version: 1
      entries: entries.jsonl
      variants: variants.jsonl
      embeddings: {model: made-up, entries: entries.npy, variants: variants.npy}
      encoder: {max_bytes: 60000}
      \(further)
      """)
    let output = folder.file("wordings.almanac")
    try compile(recipe: folder.file("recipe.yaml"), to: output)
    return output
  }
}
