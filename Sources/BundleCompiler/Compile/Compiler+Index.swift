import BundleReader

/// The index over the questions, and how far its searches go.
extension Compiler {
  // A layer's index holds its own vectors alone; its base has one for the rest.
  func index(
    _ sources: CompileSources, _ encoder: FittedEncoder
  ) throws -> (TrainedIndex, SearchTuning) {
    let inputs = sources.inputs
    let stored = sources.ordinals.questions.stored
    let vectors = sources.layer == nil ? encoder.vectors : Self.subset(encoder.vectors, Array(0..<stored))
    var kept: PreviousIndex?
    if let previous = sources.kept, sources.layer == nil {
      kept = try PreviousIndex(previous, count: vectors.count)
      if kept == nil { throw Retraining.size(vectors.count, Int(previous.bundle.index.rowCount)) }
    }
    let plan = kept?.plan ?? IndexPlan(count: vectors.count, dimensions: vectors.dimensions)
    let queries = Self.tuningQueries(encoder, inputs, stored: stored)
    let index = TrainedIndex(
      vectors, plan: plan, heldOut: queries.flatMap(\.own), keeping: kept, workingFolder: inputs.workingFolder,
      kernels: kernels,
      progress: { clock.progress(Int($0 * Double(vectors.count)), of: vectors.count, "vectors") })
    clock.begin("choose probes")
    if let layer = sources.layer {
      // What the pair re-ranks is as deep as the base does, so the layer has to go as deep.
      let depth = Int(layer.base.bundle.index.rerank)
      if plan.listCount == 1, plan.subquantizers == 0 { return (index, SearchTuning(singleList: depth)) }
      let tuning = SearchTuning(
        index, vectors: vectors, queries: queries, target: SearchTarget(recall: inputs.recipe.recall), kernels: kernels)
      return (index, tuning.scoring(atLeast: depth))
    }
    let tuning = SearchTuning(
      index, vectors: vectors, queries: queries, target: SearchTarget(recall: inputs.recipe.recall),
      keeping: kept, kernels: kernels)
    if let kept, tuning.chosen.recall < min(inputs.recipe.recall, kept.recall) {
      throw Retraining.recall(tuning.chosen.recall, inputs.recipe.recall)
    }
    return (index, tuning)
  }

  // Texts as an encoder sees them that was not fitted to them; and, where vectors are given, stored questions that are to find
  // their nearest neighbour, since callers may ask with vectors of the same model.
  private static func tuningQueries(
    _ encoder: FittedEncoder, _ inputs: CompileInputs, stored: Int
  ) -> [SearchTuning.Queries] {
    let limit = tuningLimit(stored)
    let asked = encoder.sample.prefix { $0 < stored }.count
    let texts = SearchTuning.Queries(vectors: subset(encoder.heldOut, places(asked, limit: limit)))
    guard inputs.embeddings?.questions != nil, stored > 1 else { return [texts] }
    let own = places(stored, limit: min(limit, stored / 10 + 1))
    return [texts, SearchTuning.Queries(vectors: subset(encoder.vectors, own), own: own)]
  }

  private static func places(_ count: Int, limit: Int) -> [Int] {
    Array(stride(from: 0, to: count, by: max(1, (count + limit - 1) / limit)))
  }

  // With 8,192 the standard error of a recall of 0.99 is 0.11 points. Beyond half a million vectors more exact scans would take
  // longer than the rest of the compile.
  private static func tuningLimit(_ vectors: Int) -> Int { max(1_024, min(8_192, (1 << 32) / max(vectors, 1))) }

  private static func subset(_ vectors: VectorMatrix, _ chosen: [Int]) -> VectorMatrix {
    let subset = VectorMatrix(count: chosen.count, dimensions: vectors.dimensions)
    for (place, row) in chosen.enumerated() {
      subset.row(place).copy(vectors.row(row))
    }
    return subset
  }
}
