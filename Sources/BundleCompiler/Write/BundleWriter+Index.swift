import BundleFormat

/// The sections of the index.
extension BundleWriter {
  // In the order of the keys: centroids, codebooks, codes, list-codebooks, list-codes, lists, parameters, questions, rotation, vectors.
  mutating func writeIndex(_ content: Content) throws {
    let index = content.index
    let codebookSize = IndexParameters.codebookSize * IndexParameters.subvectorSize
    try vectors(.indexCentroids, index.centroids, order: Array(0..<index.centroids.count))
    try whole(.indexCodebooks, elementSize: codebookSize, index.codebooks.map { UInt8(bitPattern: $0) })
    try section(.indexCodes, elementSize: index.blockBytes) { writer in
      try writer.append(index.codes.bytes)
    }
    if let codes = index.listCodes {
      try whole(.indexListCodebooks, elementSize: codebookSize, codes.codebooks.map { UInt8(bitPattern: $0) })
      try section(.indexListCodes, elementSize: codes.blockBytes) { writer in try writer.append(codes.blocks.bytes) }
    }
    try whole(.indexLists, elementSize: ListRecord.size, index.lists.flatMap(\.encoded))
    let parameters = index.parameters(content.tuning.chosen)
    try whole(.indexParameters, elementSize: IndexParameters.size, parameters.encoded)
    try section(.indexQuestions, elementSize: 4) { writer in
      for row in index.order {
        var question: [UInt8] = []
        question.append(littleEndian: content.ordinals.questions.ordinals[row])
        try writer.append(question)
      }
    }
    if let rotation = index.rotation {
      try vectors(.indexRotation, rotation.rows, order: Array(0..<rotation.rows.count))
    }
    try vectors(.indexVectors, content.encoder.vectors, order: index.order)
  }
}
