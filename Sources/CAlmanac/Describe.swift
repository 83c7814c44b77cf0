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
    let size = unsafe sizeForOutput(properties)
  else { return ALMANAC_INVALID_ARGUMENT }
  bundle.withCurrent { generation in
    let bundle = generation.bundle
    unsafe properties.pointee.version = bundle.footer.bundleVersion
    unsafe properties.pointee.expiry = bundle.footer.expiry
    unsafe properties.pointee.entry_count = UInt64(bundle.entryCount)
    unsafe properties.pointee.question_count = UInt64(bundle.questionCount)
    unsafe properties.pointee.dimensions = UInt64(bundle.encoder.dimensions)
    unsafe properties.pointee.expected_hits = bundle.expectation.hits ?? UInt32.max
    unsafe withUnsafeMutableBytes(of: &properties.pointee.vector_model) { name in
      // The name has at most 255 bytes, and what follows it is zero already.
      for (index, byte) in bundle.encoder.model.enumerated() where index < name.count - 1 { unsafe name[index] = byte }
    }
  }
  unsafe properties.pointee.size = size
  return ALMANAC_OK
}

@c
@implementation
public func almanac_stats(_ bundle: OpaquePointer?, _ statistics: UnsafeMutablePointer<almanac_statistics>?)
  -> almanac_status
{
  guard let bundle = unsafe SharedBundle.of(bundle), let statistics = unsafe statistics,
    let size = unsafe sizeForOutput(statistics)
  else { return ALMANAC_INVALID_ARGUMENT }
  let counters = bundle.counters
  unsafe statistics.pointee.size = size
  unsafe statistics.pointee.bundle_version = bundle.withCurrent { $0.bundle.footer.bundleVersion }
  unsafe statistics.pointee.exact_hits = counters.exactHits
  unsafe statistics.pointee.semantic_hits = counters.semanticHits
  unsafe statistics.pointee.errors = counters.errors
  unsafe statistics.pointee.nanoseconds = counters.nanoseconds
  unsafe statistics.pointee.reloads = bundle.reloads.load(ordering: .relaxed)
  unsafe statistics.pointee.failed_reloads = bundle.failedReloads.load(ordering: .relaxed)
  unsafe withUnsafeMutableBytes(of: &statistics.pointee.fallbacks) { words in
    for reason in 0..<QueryCounters.reasonCount { words.set(counters.fallbacks(reason), at: reason) }
  }
  unsafe withUnsafeMutableBytes(of: &statistics.pointee.latency) { words in
    for step in 0..<QueryCounters.latencySteps { words.set(counters.latency(step), at: step) }
  }
  return ALMANAC_OK
}

extension UnsafeMutableRawBufferPointer {
  /// Stores a word of an array of C. Beyond its end nothing is stored.
  fileprivate func set(_ value: UInt64, at index: Int) {
    guard index >= 0, index < count / 8 else { return }
    unsafe storeBytes(of: value, toByteOffset: 8 * index, as: UInt64.self)
  }
}
