import BundleFormat

/// Which candidates the scope of a query leaves.
extension QuerySession {
  mutating func nearest(
    from first: Int, otherThan owner: UInt32?, _ query: Query
  ) throws(BundleError) -> Candidate? {
    var index = first
    while index < search.count {
      let candidate = try candidate(index)
      if candidate.owner != owner {
        if try !contradictsScope(candidate.owner, query) { return candidate }
        if owner == nil { scopeExcluded = true }
      }
      index += 1
    }
    return nil
  }

  func contradictsScope(_ owner: UInt32, _ query: Query) throws(BundleError) -> Bool {
    guard let asked = query.scope, owner & QuestionRecord.distractorFlag == 0 else { return false }
    let record = try bundle.entry(owner)
    if record.scopeLength == 0 { return false }
    return ScopeText.contradicts(entry: try bundle.entryText(record).scope, request: asked)
  }
}
