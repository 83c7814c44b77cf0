import BundleFormat
import BundleReader

/// The encoder of an earlier bundle, to be kept as it is.
struct PreviousEncoder {
  /// The pieces in the order of their ordinals.
  let pieces: [Prior.Piece]
  /// Their rows.
  let rows: QuantizedPieces
  /// How much each says.
  let weights: [UInt16]
  /// The name of the model whose space it speaks.
  let model: String
  private let previous: PreviousBundle

  /// Reads the encoder of `previous`.
  ///
  /// - Throws: `WriteError` if it lacks the weights of pieces.
  init(_ previous: PreviousBundle, kernels: Kernels) throws {
    self.previous = previous
    let bundle = previous.bundle
    let texts = try previous.bytes(.encoderPieceText)
    let records = try previous.bytes(.encoderPieceRecords)
    var pieces: [Prior.Piece] = []
    var scales: [UInt16] = []
    for index in 0..<bundle.count(.encoderPieceRecords) {
      let start = index * PieceRecord.size
      guard let record = Array(records[start..<start + PieceRecord.size]).withBytes({ PieceRecord($0) }),
        Int(record.textOffset) + Int(record.textLength) <= texts.count
      else { throw previous.refusal("encoder/piece-records is not as it should be") }
      let text = Array(texts[Int(record.textOffset)..<Int(record.textOffset) + Int(record.textLength)])
      pieces.append(Prior.Piece(text: text, isStart: record.isStart != 0))
      scales.append(record.scale)
    }
    self.pieces = pieces
    let dimensions = Int(bundle.encoder.dimensions)
    rows = QuantizedPieces(
      rows: try previous.vectors(.encoderRows, dimensions: dimensions), scales: scales, kernels: kernels)
    let bytes = try previous.bytes(.encoderPieceWeights)
    guard bytes.count == 2 * pieces.count else { throw previous.refusal("it has no weights of pieces") }
    weights = pieces.indices.map { UInt16(bytes[2 * $0]) | UInt16(bytes[2 * $0 + 1]) << 8 }
    model = String(decoding: bundle.encoder.model, as: UTF8.self)
  }

  /// Checks that a compile of `inputs` would make an encoder of the same kind.
  ///
  /// - Throws: `WriteError` that says what differs.
  func check(_ inputs: CompileInputs, dimensions: Int, model: String, priors: [InputDigest], maximumBytes: Int) throws {
    let own = Int(previous.bundle.encoder.dimensions)
    guard own == dimensions else {
      throw previous.refusal("its vectors have \(own) components, those of this recipe \(dimensions)")
    }
    guard self.model == model else {
      throw previous.refusal("its encoder speaks the language of \(self.model), this recipe that of \(model)")
    }
    guard previous.facts.priors == Manifest.priors(priors).map(\.blake2b) else {
      throw previous.refusal("its encoder was made from another prior than encoder.prior names")
    }
    let given = inputs.embeddings?.questions
    guard previous.facts.hasEmbeddings == (given != nil) else {
      throw previous.refusal(
        given == nil ? "it was compiled with embeddings, this recipe has none" : "it was compiled without embeddings")
    }
    guard (previous.facts.scale == nil) == (given?.scale == nil) else {
      throw previous.refusal("the embeddings came as int8 in one of the two and as floats in the other")
    }
    let stride = EncoderParameters.stride(dimensions: dimensions)
    let size = pieces.reduce(0) { $0 + VocabularyBuilder.size($1, stride: stride) }
    guard size <= maximumBytes else {
      throw previous.refusal("its encoder has \(size) bytes, more than encoder.max_bytes (\(maximumBytes))")
    }
  }

  /// The learned vectors of `entries`, where the earlier bundle has one; `nil` if it has none at all.
  func entryVectors(_ entries: [EntryInput]) throws -> EntryVectors? {
    let bundle = previous.bundle
    guard bundle.count(.entryVectors) > 0 else { return nil }
    let rows = VectorMatrix(count: entries.count, dimensions: Int(bundle.encoder.dimensions))
    var scales = [UInt32](repeating: 0, count: entries.count)
    for (place, entry) in entries.enumerated() {
      let id = Array(entry.id.utf8)
      guard let ordinal = try id.withBytes({ try bundle.entryOrdinal(id: $0) }),
        let learned = try bundle.entryVector(ordinal)
      else { continue }
      scales[place] = learned.scale
      for component in 0..<min(rows.stride, learned.row.count) {
        rows.row(place)[component] = Int8(bitPattern: learned.row[component])
      }
    }
    return EntryVectors(rows: rows, scales: scales)
  }
}
