import Foundation

extension SampleBundle {
  /// Writes `recipe.yaml` for `count` entries with a question of made-up words each, whose 64 components lie in clusters, as
  /// embeddings do. Returns the generator, whose seed a failing test should print.
  public static func writeClusters(_ count: Int, in folder: TemporaryFolder) throws -> SeededRandom {
    var random = SeededRandom()
    let centres = (0..<40).map { _ in (0..<64).map { _ in Int.random(in: -30...30, using: &random) } }
    var entries = ""
    var rows: [[Int8]] = []
    for entry in 0..<count {
      let centre = Int.random(in: 0..<40, using: &random)
      let words = (0..<3).map { _ in "w\(Int.random(in: 0..<400, using: &random))" }.joined(separator: " ")
      entries +=
        "{\"id\":\"e\(entry)\",\"question\":\"topic\(centre) \(words) \(entry)\",\"answer\":\"Answer \(entry).\"}\n"
      rows.append(centres[centre].map { Int8($0 + Int.random(in: -18...18, using: &random)) })
    }
    try folder.write("entries.jsonl", entries)
    try Data(numpy(rows)).write(to: URL(fileURLWithPath: folder.file("entries.npy")))
    try folder.write(
      "recipe.yaml",
      """
      name: clusters
      version: 1
      entries: entries.jsonl
      embeddings: {model: clusters, entries: entries.npy}
      encoder: {max_bytes: 200000}
      """)
    return random
  }

  private static func numpy(_ rows: [[Int8]]) -> [UInt8] {
    var header = "{'descr': '|i1', 'fortran_order': False, 'shape': (\(rows.count), \(rows.first?.count ?? 0)), }"
    while (header.utf8.count + 11) % 64 != 0 { header += " " }
    header += "\n"
    var bytes: [UInt8] = [0x93] + Array("NUMPY".utf8) + [1, 0]
    bytes += [UInt8(header.utf8.count & 255), UInt8(header.utf8.count >> 8)]
    bytes += Array(header.utf8)
    for row in rows { bytes += row.map { UInt8(bitPattern: $0) } }
    return bytes
  }
}
