import BundleFormat

/// What a compile says of the bundle that it made.
extension Compiler {
  func report(
    _ prepared: Prepared, _ sizes: [(name: SectionName, bytes: Int)], _ footer: Footer
  ) -> CompileReport {
    let content = prepared.content
    let geometry = VerityGeometry(dataLength: footer.dataLength)
    return CompileReport(
      path: options.output, name: content.inputs.recipe.name, version: content.inputs.recipe.version,
      root: footer.root.hexadecimal, fileBytes: Int(footer.dataLength + (geometry?.treeLength ?? 0)) + Footer.size,
      entries: content.ordinals.entries.stored, questions: content.ordinals.questions.stored,
      distractors: content.ordinals.distractors.stored, repeatedWordings: content.questions.repeated,
      model: content.encoder.model, dimensions: content.encoder.vectors.dimensions,
      fidelity: content.encoder.fidelity, pieces: content.encoder.vocabulary.pieces.count,
      lists: content.index.lists.count, probes: content.tuning.chosen.probes, rerank: content.tuning.chosen.rerank,
      recall: content.tuning.chosen.recall, recallTarget: content.inputs.recipe.recall,
      recallQueries: content.tuning.queryCount, frontier: content.tuning.frontier.map { CompileReport.Effort($0) },
      level: "\(content.decision.level.name)",
      text: CompileReport.Point(prepared.calibration.text), vector: CompileReport.Point(prepared.calibration.vector),
      both: CompileReport.Point(prepared.calibration.both), pairs: prepared.calibration.pairs,
      sections: sizes.map { ($0.name.text, $0.bytes) }, stages: [], queries: nil,
      rules: CompileReport.Rules(content.rules, content.questionRules))
  }
}
