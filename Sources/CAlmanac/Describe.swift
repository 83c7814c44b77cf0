// C names, as the header declares them.
// swift-format-ignore-file: AlwaysUseLowerCamelCase

import BundleFormat
import BundleReader
import CAlmanacHeader
import Synchronization

@c
@implementation
public func almanac_describe(_ bundle: OpaquePointer?, _ properties: UnsafeMutablePointer<almanac_properties>?)
  -> almanac_status
{
  guard let bundle = unsafe SharedBundle.of(bundle), let properties = unsafe properties,
    unsafe almanac_properties.clear(properties)
  else { return ALMANAC_INVALID_ARGUMENT }
  var found = almanac_properties()
  bundle.withCurrent { generation in
    let bundle = generation.bundle
    found.version = bundle.footer.bundleVersion
    found.expiry = bundle.expiry
    found.entry_count = UInt64(bundle.entryCount)
    found.question_count = UInt64(bundle.questionCount)
    found.dimensions = UInt64(bundle.encoder.dimensions)
    let expectation = bundle.expectation
    found.expected_hits = expectation.hits ?? UInt32.max
    if let shares = expectation.scores?.shares {
      found.score_step_count = UInt32(shares.count)
      unsafe withUnsafeMutableBytes(of: &found.expected_scores) { words in
        // There are at most ScoreHistogram.maximumEdges + 1, which is ALMANAC_MAXIMUM_SCORE_STEPS.
        for step in shares.indices where 4 * step + 4 <= words.count {
          unsafe words.storeBytes(of: shares[step], toByteOffset: 4 * step, as: UInt32.self)
        }
      }
    }
    unsafe withUnsafeMutableBytes(of: &found.vector_model) { name in
      // The name has at most 255 bytes, and what follows it is zero already.
      for (index, byte) in bundle.encoder.model.enumerated() where index < name.count - 1 { unsafe name[index] = byte }
    }
  }
  unsafe found.write(to: properties)
  return ALMANAC_OK
}

@c
@implementation
public func almanac_stats(_ bundle: OpaquePointer?, _ statistics: UnsafeMutablePointer<almanac_statistics>?)
  -> almanac_status
{
  guard let bundle = unsafe SharedBundle.of(bundle), let statistics = unsafe statistics,
    unsafe almanac_statistics.clear(statistics)
  else { return ALMANAC_INVALID_ARGUMENT }
  var found = almanac_statistics()
  let counters = bundle.counters
  found.bundle_version = bundle.withCurrent { $0.bundle.footer.bundleVersion }
  found.exact_hits = counters.exactHits
  found.semantic_hits = counters.semanticHits
  found.errors = counters.errors
  found.nanoseconds = counters.nanoseconds
  found.reloads = bundle.reloads.load(ordering: .relaxed)
  found.failed_reloads = bundle.failedReloads.load(ordering: .relaxed)
  unsafe withUnsafeMutableBytes(of: &found.fallbacks) { words in
    for reason in 0..<QueryCounters.reasonCount { words.set(counters.fallbacks(reason), at: reason) }
  }
  unsafe withUnsafeMutableBytes(of: &found.latency) { words in
    for step in 0..<QueryCounters.latencySteps { words.set(counters.latency(step), at: step) }
  }
  unsafe found.write(to: statistics)
  return ALMANAC_OK
}

extension UnsafeMutableRawBufferPointer {
  /// Stores a word of an array of C. Beyond its end nothing is stored.
  fileprivate func set(_ value: UInt64, at index: Int) {
    guard index >= 0, index < count / 8 else { return }
    unsafe storeBytes(of: value, toByteOffset: 8 * index, as: UInt64.self)
  }
}
