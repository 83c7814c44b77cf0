import BundleFormat

/// The sections of the encoder.
extension BundleWriter {
  // Keys of a database are appended in their order: parameters, piece-records, piece-text, piece-weights, pieces,
  // rows.
  mutating func writeEncoder(_ encoder: FittedEncoder, isWhole: Bool) throws {
    let parameters = EncoderParameters(
      dimensions: UInt32(encoder.vectors.dimensions), pieceCount: UInt32(encoder.vocabulary.pieces.count),
      model: Array(encoder.model.utf8.prefix(255)))
    let encoded = parameters.encoded
    try whole(.encoderParameters, elementSize: encoded.count, encoded)
    guard isWhole else { return }
    var records: [UInt8] = []
    var address = BlobAddress()
    for (index, piece) in encoder.vocabulary.pieces.enumerated() {
      let record = PieceRecord(
        textOffset: UInt32(address.next(piece.text.count)), scale: encoder.pieces.scales[index],
        textLength: UInt8(piece.text.count),
        isStart: piece.isStart ? 1 : 0)
      records.append(contentsOf: record.encoded)
    }
    try whole(.encoderPieceRecords, elementSize: PieceRecord.size, records)
    try blob(.encoderPieceText, encoder.vocabulary.pieces.lazy.map(\.text))
    var weights: [UInt8] = []
    for weight in encoder.weights { weights.append(littleEndian: weight) }
    try whole(.encoderPieceWeights, elementSize: 2, weights)
    try whole(
      .encoderPieces, elementSize: HashTable.slotSize, HashTableBuilder.encode(encoder.vocabulary.table))
    try vectors(.encoderRows, encoder.pieces.rows, order: Array(0..<encoder.pieces.rows.count))
  }
}
