import BundleReader
import Foundation
import Terminal

// Foundation has a Bundle too.
import class BundleReader.Bundle

/// What a bundle was made from.
struct ProvenanceText {
  private struct Manifest: Decodable {
    let provenance: [Input]
  }

  private struct Input: Decodable {
    let role: String
    let name: String
    let records: Int?
    let bytes: Int
    let blake2b: String
  }

  /// A line for each input: role, name, records, bytes, digest.
  let text: String

  /// Reads the manifest of a bundle.
  ///
  /// - Throws: If it lies in a bad chunk or is no manifest.
  init(_ bundle: Bundle) throws {
    let bytes = try bundle.segment(.metaManifest, 0).copied
    let manifest = try JSONDecoder().decode(Manifest.self, from: Data(bytes))
    var table = TextTable()
    for input in manifest.provenance {
      table.add(
        input.role, input.name, input.records.map { "\(Figures.count($0)) records" } ?? "",
        "\(Figures.count(input.bytes)) bytes",
        input.blake2b)
    }
    text = "root \(bundle.footer.root.hexadecimal)\n\(table.text)"
  }
}
