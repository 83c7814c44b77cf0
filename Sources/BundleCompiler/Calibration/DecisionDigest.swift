import BundleFormat
import BundleReader

/// A digest of everything in a bundle that decides about a query or is its answer: equal digests, equal outcomes.
///
/// Left out are the manifest, and on how much evidence thresholds rest, which decides nothing: so a bundle that was certified has
/// the digest of the bundle that its sample was drawn with.
package enum DecisionDigest {
  /// The digest of `bundle`, as 64 hexadecimal digits. Reads the whole bundle.
  ///
  /// - Throws: `BundleError` for a damaged bundle.
  package static func of(_ bundle: Bundle) throws(BundleError) -> String {
    let digest = ContentDigest()
    func add(_ text: String) {
      Array("\(text)\n".utf8).withBytes { digest.add($0) }
    }
    var parameters = bundle.decision
    parameters.level = .selfTested
    parameters.modes?.textLevel = .selfTested
    parameters.modes?.vectorLevel = .selfTested
    parameters.modes?.bothLevel = .selfTested
    parameters.encoded.withBytes { digest.add($0) }
    add("expiry \(bundle.footer.expiry)")
    for name in SectionName.allCases.sorted(by: { $0.text < $1.text })
    where name != .metaManifest && name != .decisionParameters {
      let segments = bundle.size(name).segments
      add("\(name.text) \(segments)")
      for number in 0..<segments {
        let segment = try bundle.segment(name, number)
        add("\(segment.count)")
        digest.add(segment)
      }
    }
    return digest.hexadecimal()
  }
}
