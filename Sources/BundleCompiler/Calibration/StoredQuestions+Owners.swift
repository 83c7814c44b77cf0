extension StoredQuestions {
  /// The owners with those taken as one that share a normal form, named by the first of them.
  ///
  /// A query of that form is never answered by the wrong one of them: either their scopes exclude each other, or it falls
  /// back as `ambiguous`. So to a self-test they are one answer.
  var ownersByWording: [UInt32] {
    var first: [[UInt8]: UInt32] = [:]
    var parents: [UInt32: UInt32] = [:]
    func root(_ owner: UInt32) -> UInt32 {
      var found = owner
      while let next = parents[found] { found = next }
      return found
    }
    for (index, form) in normalForms.enumerated() {
      let owner = root(owners[index])
      guard let other = first.updateValue(owner, forKey: form).map(root), other != owner else { continue }
      parents[max(owner, other)] = min(owner, other)
    }
    return parents.isEmpty ? owners : owners.map(root)
  }
}
