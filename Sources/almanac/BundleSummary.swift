import BundleFormat
import BundleReader
import Terminal

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
    if footer.expiry != Int64.max { lines.append("expires    \(footer.expiry) (seconds since 1970)") }
    lines.append(
      "content    \(Figures.count(bundle.entryCount)) entries, \(Figures.count(bundle.questionCount)) questions")
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
}
