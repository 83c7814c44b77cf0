import AnswerPipeline
import ArgumentParser
import BundleFormat
import BundleReader
import CKernels
import Foundation
import Terminal

struct VerifyCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "verify",
    abstract: "Check every byte of a bundle against its hash tree, and its signature.",
    discussion: """
      Lists the damaged 4 KiB chunks, if any, and what lived there: section, segment, entries or questions. With --public-key \
      the bundle must also be signed with that key, with --min-version it must not be older. Exit codes: 0 all is well, \
      2 damaged, not signed with the key, or too old, 1 not a bundle at all.

      Examples:
        almanac verify dev-faq.almanac
        almanac verify dev-faq.almanac --public-key publisher.pub --min-version 3
      """)

  @Argument(help: "The bundle.", completion: .file(extensions: ["almanac"]))
  var bundle: String

  @Option(
    help: ArgumentHelp(
      "The minisign key with which the bundle must be signed: a .pub file, or the key itself.", valueName: "key"),
    completion: .file(extensions: ["pub"]))
  var publicKey: PublicKey?

  @Option(help: ArgumentHelp("The least version that the bundle must have.", valueName: "version"))
  var minVersion: UInt64 = 0

  @Flag(help: "Print the result as JSON.")
  var json = false

  func run() throws {
    try refusing {
      let survey: FileSurvey
      do throws(BundleError) {
        survey = try FileSurvey(path: bundle)
      } catch {
        throw RefusedBundle(path: bundle, reason: error)
      }
      let signature = SignatureState(
        survey.footer, OpenRequirements(publicKey: publicKey, leastVersion: minVersion))
      let report = DamageReport(survey)
      // Whole, and yet perhaps not written by almanac.
      if report.chunks.isEmpty { _ = try openBundle(bundle, isInspected: true) }
      show(report, signature, survey.footer)
      guard report.chunks.isEmpty, signature.refusal == nil else {
        if !report.chunks.isEmpty {
          let places = report.chunks.count { $0.isKnownBad }
          let hidden = report.chunks.count - places
          Terminal.writeError(
            "error: \(bundle) is damaged in \(places) place\(places == 1 ? "" : "s")"
              + (hidden > 0 ? ", which keeps \(hidden) other chunks from being checked" : "") + "; fetch it again\n")
        }
        if let refusal = signature.refusal { Terminal.writeError("error: \(bundle): \(refusal)\n") }
        throw ExitCode(2)
      }
    }
  }

  private func show(_ report: DamageReport, _ signature: SignatureState, _ footer: Footer) {
    let damage = DamageText(report)
    let isExpired = almanac_unix_seconds() >= footer.expiry
    if json {
      var object = JSONObject()
      object.add("whole", report.chunks.isEmpty)
      object.add("damaged_chunks", raw: "[" + report.chunks.map { "\($0.index)" }.joined(separator: ",") + "]")
      object.add("damage", damage.objects)
      object.add("version", raw: "\(footer.bundleVersion)")
      object.add("expires", raw: footer.expiry == Int64.max ? "null" : "\(footer.expiry)")
      object.add("expired", isExpired)
      object.add("signature", signature.object)
      print(object.text)
      return
    }
    for line in damage.lines { print(line) }
    if report.chunks.isEmpty { print("\(bundle): whole, version \(footer.bundleVersion)") }
    print(signature.text)
    if footer.expiry != Int64.max { print(ExpiryText(footer.expiry).line) }
  }
}
