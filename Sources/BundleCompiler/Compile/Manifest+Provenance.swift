import BundleFormat
import CJudge
import CMarks
import CRules

extension Manifest {
  /// Everything that the bundle's bytes follow from, by digest: the files that were read, then what is linked into the compiler.
  static func provenance(_ content: BundleWriter.Content) -> JSONValue {
    let digests =
      content.inputs.digests + priors(content.encoder.priorDigests) + [
        linked(
          .judge, "judge.bin",
          unsafe Bytes(start: UnsafeRawPointer(almanac_judge_bytes()), count: Int(almanac_judge_size))),
        linked(
          .rules, "rules.yaml",
          unsafe Bytes(start: UnsafeRawPointer(almanac_rules_bytes()), count: Int(almanac_rules_size))),
        linked(
          .marks, "marks-lexicon.txt",
          unsafe Bytes(start: UnsafeRawPointer(almanac_marks_lexicon()), count: Int(almanac_marks_lexicon_size()))),
      ] + content.previous
    return .array(
      digests.map { digest in
        object(
          [("role", .string(digest.role.rawValue)), ("name", .string(digest.name))]
            + (digest.records.map { [("records", .integer(Int64($0)))] } ?? [])
            + [("bytes", .integer(Int64(digest.size))), ("blake2b", .string(digest.blake2b))])
      })
  }

  /// The digests of the prior: the recipe's own, or what is linked in.
  static func priors(_ own: [InputDigest]) -> [InputDigest] {
    own.isEmpty ? [linked(.prior, "prior.bin", Prior.linked)] : own
  }

  private static func linked(_ role: InputDigest.Role, _ name: String, _ bytes: Bytes) -> InputDigest {
    let digest = ContentDigest()
    digest.add(bytes)
    return InputDigest(role: role, path: name, size: bytes.count, blake2b: digest.hexadecimal())
  }
}
