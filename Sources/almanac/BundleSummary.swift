import AnswerPipeline
import BundleFormat
import BundleReader
import Foundation
import Terminal

// Foundation has a Bundle too.
import class BundleReader.Bundle

/// What `inspect` says about a bundle.
struct BundleSummary {
  private let bundle: Bundle
  private let path: String

  init(_ bundle: Bundle, path: String) {
    self.bundle = bundle
    self.path = path
  }

  /// The summary as text.
  var text: String {
    let footer = bundle.footer
    let index = bundle.index
    let decision = bundle.decision
    var lines = [
      "\(path): version \(footer.bundleVersion), format \(BundleVersion.major).\(footer.minor), "
        + "\(footer.signature.isEmpty ? "unsigned" : "signed"), root \(footer.root.hexadecimal)"
    ]
    if !footer.signature.isEmpty { lines.append(SignatureState(footer, OpenRequirements()).text) }
    if let base = bundle.baseRoot { lines.append("layer      over the bundle with root \(base.hexadecimal)") }
    if footer.expiry != Int64.max { lines.append(ExpiryText(footer.expiry).line) }
    lines.append(
      "content    \(Figures.count((try? bundle.countEntries()) ?? bundle.entryCount)) entries, \(Figures.count(bundle.questionCount)) questions"
    )
    lines.append(
      "encoder    \(String(decoding: bundle.encoder.model, as: UTF8.self)), \(bundle.encoder.dimensions) dimensions, "
        + "\(Figures.count(Int(bundle.encoder.pieceCount))) pieces")
    lines.append(
      "index      \(Figures.count(Int(index.rowCount))) vectors, \(index.listCount) lists, \(index.probes) probed, "
        + "\(index.rerank) scored exactly, \(index.subquantizers == 0 ? "no codes" : "\(index.subquantizers) codes of 4 bits")"
    )
    lines.append(
      "decision   \(decision.level.name); at most \(Figures.percent(Double(decision.maximumWrong) / 1_000_000)) of requests "
        + "wrong if \(Figures.percent(Double(decision.assumedOutOfScope) / 1_000_000, places: 0)) have no answer here")
    for (name, mode) in Self.modes { lines.append("  \(name)\(evidence(mode))") }
    lines.append("rules      \(rules)")
    var sections = TextTable()
    for name in SectionName.allCases {
      let size = bundle.size(name)
      if size.bytes > 0 {
        sections.add(name.text, Figures.bytes(size.bytes), "\(size.segments) segment\(size.segments == 1 ? "" : "s")")
      }
    }
    lines.append("sections\n\(sections.text)")
    return lines.joined(separator: "\n")
  }

  private static let modes = [
    ("text     ", AcceptancePoint.textMode), ("vector   ", AcceptancePoint.vectorMode),
    ("both     ", AcceptancePoint.bothMode),
  ]

  // The level comes from the section that decides; what it rests on stands in the manifest alone.
  private func evidence(_ mode: UInt32) -> String {
    let level = "\(bundle.decision.level(mode: mode).name)"
    let manifest = (try? bundle.segment(.metaManifest, 0)).flatMap { bytes in
      try? JSONSerialization.jsonObject(with: Data(bytes.copied)) as? [String: Any]
    }
    let names = ["text", "vector", "both"]
    guard let decision = manifest?["decision"] as? [String: Any],
      let point = decision[names[Int(mode)]] as? [String: Any]
    else { return level }
    var text = level
    if let rate = point["expected_hit_rate"] as? Double {
      text += ", \(PercentText.of(rate)) of requests expected to be answered"
    }
    if let labels = point["labels"] as? [String: Any], let count = labels["queries"] as? Int,
      let mix = labels["out_of_scope"] as? Double, let wrong = labels["wrong"] as? Int
    {
      text += "; \(Figures.count(count)) sampled queries (\(PercentText.of(mix)) without an answer), \(wrong) wrong"
      if let requests = labels["bound_of_requests"] as? Double, let answers = labels["bound_of_answers"] as? Double {
        text += ": at most \(PercentText.of(requests)) of requests, \(PercentText.of(answers)) of answers"
        if let budget = decision["budget"] as? [String: Any], let confidence = budget["confidence"] as? Double {
          text += " with \(PercentText.of(millionths: UInt32((confidence * 1_000_000).rounded()))) confidence"
        }
      }
    } else if let hits = point["marked_hits"] as? [String: Any] {
      text += self.hits(hits, (decision["budget"] as? [String: Any])?["confidence"] as? Double)
    } else if let asked = point["entry_left_out"] as? Int, let accepted = point["entry_left_out_answered"] as? Int {
      text += "; \(Figures.count(accepted)) of \(Figures.count(asked)) own questions answered with their entry left out"
    }
    return text
  }

  private func hits(_ hits: [String: Any], _ confidence: Double?) -> String {
    guard let marked = hits["marked"] as? Int, let wrong = hits["wrong"] as? Int else { return "" }
    var text = "; \(Figures.count(marked)) marked hits, \(wrong) not right"
    let dropped = (hits["withdrawn"] as? Int ?? 0) + (hits["changed"] as? Int ?? 0)
    if dropped > 0 { text += ", \(dropped) no longer answered so" }
    if let requests = hits["bound_of_requests"] as? Double, let answers = hits["bound_of_answers"] as? Double {
      text += ": at most \(PercentText.of(requests)) of requests, \(PercentText.of(answers)) of answers wrong"
      if let confidence {
        text += " with \(PercentText.of(millionths: UInt32((confidence * 1_000_000).rounded()))) confidence"
      }
    }
    return text
  }

  private var rules: String {
    guard let rules = bundle.rules else { return "none" }
    var on: [String] = rules.cutsCourtesy ? ["courtesy"] : []
    for index in 0..<RuleClasses.count {
      let shown = RuleClasses(rawValue: 1 << UInt8(index))
      if rules.classes.contains(shown), RuleClasses.excusable.contains(shown) {
        on.append("\(RuleClasses.name(index))")
      }
    }
    return on.joined(separator: ", ")
  }
}
