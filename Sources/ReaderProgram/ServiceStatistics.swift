import BundleFormat
import BundleReader

/// What the program has done since it started: what `--stats` shows.
final class ServiceStatistics {
  /// What became of the requests.
  let counters = QueryCounters()
  /// How the requests to the present bundle differ from those expected.
  private(set) var drift: DriftMeter
  /// Bundles that took over, and those that were refused.
  private(set) var reloads: UInt64 = 0
  private(set) var failedReloads: UInt64 = 0
  // So that a drift is told once.
  private var isDriftTold = false

  init(_ bundle: Bundle) { drift = DriftMeter(bundle.expectation) }

  /// Counts the request that `responder` has just answered.
  func count(_ responder: Responder) {
    guard let outcome = responder.outcome else { return counters.countError() }
    counters.count(outcome.kind, outcome.reason, nanoseconds: responder.nanoseconds)
    drift.count(outcome, mode: responder.session.mode)
  }

  /// Another bundle answers from now on, of which other requests are expected.
  func countReload(_ bundle: Bundle) {
    reloads += 1
    drift = DriftMeter(bundle.expectation)
    isDriftTold = false
  }

  /// A new bundle was refused.
  func countFailedReload() { failedReloads += 1 }

  /// Tells on standard error that requests are other than expected, or are so no more, when that changes.
  func tellDrift() {
    guard drift.requests > 0, drift.isDrifting != isDriftTold else { return }
    isDriftTold = drift.isDrifting
    var line = ReplyBuffer(capacity: 256)
    line.write(isDriftTold ? "warning: drift, over " : "note: no drift any more, over ")
    line.integer(drift.requests)
    line.write(" requests ")
    line.share(drift.hits ?? 0)
    line.write(" are hits")
    if let expected = drift.expectedHits {
      line.write(" where ")
      line.share(expected)
      line.write(" were expected")
    }
    if let distance = drift.distance {
      line.write(", scores are ")
      line.share(distance)
      line.write(" off")
    }
    if isDriftTold { line.write("; look at the requests that fell back and compile the bundle for them") }
    line.write("\n")
    Console.writeError(line.bytes)
  }
}

extension ServiceStatistics {
  /// Writes all of it as metrics.
  func write(to text: inout PrometheusText, _ bundle: Bundle, droppedMisses: UInt64?) {
    text.clear()
    text.metric("almanac_reader_info", "gauge", "The program that answers.")
    text.information("almanac_reader_info") { $0.label("version", Bytes(HelpText.number)) }
    text.metric("almanac_bundle_info", "gauge", "The bundle that answers.")
    text.information("almanac_bundle_info") { text in
      bundle.encoder.model.withBytes { text.label("model", $0) }
      Array(bundle.footer.root.hexadecimal.utf8).withBytes { text.label("root", $0) }
    }
    text.metric("almanac_bundle_version", "gauge", "The version of the bundle's content.")
    text.sample("almanac_bundle_version", bundle.footer.bundleVersion)
    text.metric("almanac_bundle_damaged_chunks", "gauge", "4 KiB chunks of the bundle that were found damaged.")
    text.sample("almanac_bundle_damaged_chunks", UInt64(bundle.damagedChunkCount))
    text.metric("almanac_hits_total", "counter", "Requests that were answered.")
    text.sample("almanac_hits_total", label: "via", "exact", counters.exactHits)
    text.sample("almanac_hits_total", label: "via", "semantic", counters.semanticHits)
    text.metric("almanac_fallbacks_total", "counter", "Requests that were not, by reason.")
    for reason in FallbackReason.allCases {
      text.sample(
        "almanac_fallbacks_total", label: "reason", reason.name, counters.fallbacks(Int(reason.rawValue)))
    }
    text.metric("almanac_errors_total", "counter", "Requests that were not understood.")
    text.sample("almanac_errors_total", counters.errors)
    text.metric("almanac_request_duration_seconds", "histogram", "From the parsed request to the answer.")
    var sum: UInt64 = 0
    for step in 0..<QueryCounters.latencySteps - 1 {
      sum += counters.latency(step)
      text.bucket("almanac_request_duration_seconds", QueryCounters.upperBound(step), sum)
    }
    sum += counters.latency(QueryCounters.latencySteps - 1)
    text.bucket("almanac_request_duration_seconds", nil, sum)
    text.seconds("almanac_request_duration_seconds", "_sum", counters.nanoseconds)
    text.sample("almanac_request_duration_seconds", suffix: "_count", sum)
    text.metric("almanac_reloads_total", "counter", "Bundles that took over from another.")
    text.sample("almanac_reloads_total", reloads)
    text.metric("almanac_failed_reloads_total", "counter", "Bundles that were refused while another went on answering.")
    text.sample("almanac_failed_reloads_total", failedReloads)
    if let droppedMisses {
      text.metric("almanac_miss_log_dropped_total", "counter", "Fallbacks that could not be written to the miss log.")
      text.sample("almanac_miss_log_dropped_total", droppedMisses)
    }
    writeDrift(to: &text)
  }

  private func writeDrift(to text: inout PrometheusText) {
    text.metric("almanac_expected_hit_ratio", "gauge", "The share of hits that the compiler expects.")
    text.share("almanac_expected_hit_ratio", drift.expectedHits)
    text.metric("almanac_hit_ratio", "gauge", "The share of hits in the last 10000 requests.")
    text.share("almanac_hit_ratio", drift.hits)
    text.metric("almanac_score_distance", "gauge", "The share of scores that lie elsewhere than the compiler expects.")
    text.share("almanac_score_distance", drift.distance)
    text.metric("almanac_drift_alarm", "gauge", "1 if requests are not those that the bundle was made for.")
    text.sample("almanac_drift_alarm", drift.requests > 0 && drift.isDrifting ? 1 : 0)
  }
}
