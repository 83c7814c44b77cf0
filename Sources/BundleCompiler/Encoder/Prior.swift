import BundleFormat
import CPrior

/// A table of pieces with vectors in the space of one embedding model, from which a bundle's own encoder starts: the one
/// that comes with the compiler, English, fitted once on a quarter of a million questions (`tools/prior`), or one
/// made from a Model2Vec model.
struct Prior: Sendable {
  /// A piece of the vocabulary.
  struct Piece: Sendable {
    /// The piece's text, UTF-8.
    var text: [UInt8]
    /// Whether it starts a word.
    var isStart: Bool
  }

  /// The pieces, the most useful first.
  let pieces: [Piece]
  /// The number of components of a row.
  let dimensions: Int
  /// The name of the embedding model whose space the rows live in.
  let model: String
  private let rowsOffset: Int
  private let scalesOffset: Int
  private let unit: Double
  // The rows of a table made here; empty for the one that is linked in.
  private let rows: [Float]

  /// A table made here: `rows` holds `dimensions` components for each piece.
  init(pieces: [Piece], dimensions: Int, model: String, rows: [Float]) {
    self.pieces = pieces
    self.dimensions = dimensions
    self.model = model
    self.rows = rows
    rowsOffset = 0
    scalesOffset = 0
    unit = 0
  }

  /// Reads the table that is linked into the compiler. Its form is described in `tools/prior/README.md`.
  ///
  /// - Throws: `WriteError` if the build holds a table this code does not know.
  init() throws {
    let bytes = Self.linked
    guard bytes.integer(at: 0, as: UInt64.self) == 0x524F_4952_504D_4C41, bytes.integer(at: 8, as: UInt32.self) == 1,
      let count: UInt32 = bytes.integer(at: 12), let dimensions: UInt32 = bytes.integer(at: 16),
      let vocabularySize: UInt32 = bytes.integer(at: 20), let unitBits: UInt64 = bytes.integer(at: 24),
      let name = bytes.slice(32, 32), let vocabulary = bytes.slice(64, Int(vocabularySize))
    else { throw Self.malformed }
    var pieces: [Piece] = []
    pieces.reserveCapacity(Int(count))
    var offset = 0
    while pieces.count < Int(count) {
      guard let text = vocabulary.slice(offset + 2, Int(vocabulary[offset + 1])), text.count > 0 else {
        throw Self.malformed
      }
      pieces.append(Piece(text: text.copied, isStart: vocabulary[offset] == 0))
      offset += 2 + text.count
    }
    scalesOffset = (64 + Int(vocabularySize) + 63) / 64 * 64
    rowsOffset = (scalesOffset + 2 * Int(count) + 63) / 64 * 64
    guard bytes.contains(rowsOffset, Int(count) * Int(dimensions)) else { throw Self.malformed }
    self.pieces = pieces
    self.dimensions = Int(dimensions)
    unit = Double(bitPattern: unitBits)
    rows = []
    model = String(decoding: name.copied.prefix { $0 != 0 }, as: UTF8.self)
  }

  /// Adds the row of piece `index` to `sum`, which has at least `dimensions` components.
  func add(_ index: Int, to sum: inout [Float]) {
    guard rows.isEmpty else {
      for component in 0..<dimensions { sum[component] += rows[index * dimensions + component] }
      return
    }
    let bytes = Self.linked
    let scale = Float(Double(bytes.integer(at: scalesOffset + 2 * index, as: UInt16.self) ?? 0) * unit)
    let row = rowsOffset + index * dimensions
    for component in 0..<dimensions {
      sum[component] += scale * Float(Int8(bitPattern: bytes[row + component]))
    }
  }

  private static let malformed = WriteError("the prior linked into this build is not one it knows; build it again")

  static var linked: Bytes { unsafe Bytes(start: almanac_prior_bytes(), count: Int(almanac_prior_size)) }
}
