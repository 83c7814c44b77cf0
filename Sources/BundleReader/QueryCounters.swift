import BundleFormat
import CKernels

/// Counts what became of the queries of one session.
///
/// One thread counts, any thread may read at the same time: every word is loaded and stored whole, so that a sum is
/// never of halves, but may lack the query that is being counted.
public struct QueryCounters: ~Copyable {
  /// The number of steps of the latency histogram.
  public static let latencySteps = 24
  /// One more than the greatest raw value of `FallbackReason`.
  public static let reasonCount = 15
  // A query below 2^8 ns belongs to the first step.
  private static let firstStep = 8

  private enum Word {
    static let exactHits = 0
    static let semanticHits = 1
    static let errors = 2
    static let nanoseconds = 3
    static let fallbacks = 4
    static let latency = fallbacks + QueryCounters.reasonCount
    static let count = latency + QueryCounters.latencySteps
  }

  private let words = FixedBuffer<UInt64>(capacity: Word.count)

  /// Counters at zero.
  public init() {}

  /// Queries whose normal form was stored.
  public var exactHits: UInt64 { self[Word.exactHits] }
  /// Queries answered by their meaning.
  public var semanticHits: UInt64 { self[Word.semanticHits] }
  /// Requests that were not understood.
  public var errors: UInt64 { self[Word.errors] }
  /// The time of all hits and fallbacks together.
  public var nanoseconds: UInt64 { self[Word.nanoseconds] }

  /// Fallbacks with a reason, by its raw value; zero for numbers that are none.
  public func fallbacks(_ reason: Int) -> UInt64 {
    reason >= 0 && reason < Self.reasonCount ? self[Word.fallbacks + reason] : 0
  }

  /// Hits and fallbacks that took less than `upperBound(step)` nanoseconds and no less than the bound before it.
  public func latency(_ step: Int) -> UInt64 {
    step >= 0 && step < Self.latencySteps ? self[Word.latency + step] : 0
  }

  /// The nanoseconds below which the queries of a step lie. The last step has the slower ones too.
  public static func upperBound(_ step: Int) -> UInt64 { 1 << UInt64(firstStep + step) }

  /// Counts a hit (`reason` is `nil`) or a fallback.
  public func count(_ kind: MatchKind?, _ reason: FallbackReason?, nanoseconds: UInt64) {
    if let reason {
      add(1, to: Word.fallbacks + Int(reason.rawValue))
    } else {
      add(1, to: kind == .exact ? Word.exactHits : Word.semanticHits)
    }
    add(nanoseconds, to: Word.nanoseconds)
    let width = UInt64.bitWidth - nanoseconds.leadingZeroBitCount
    add(1, to: Word.latency + min(max(width - Self.firstStep, 0), Self.latencySteps - 1))
  }

  /// Counts a request that was not understood.
  public func countError() { add(1, to: Word.errors) }

  /// Adds what another session has counted.
  public func add(_ other: borrowing QueryCounters) {
    for word in 0..<Word.count { add(other[word], to: word) }
  }

  private subscript(word: Int) -> UInt64 { unsafe almanac_load_word(words.unsafeStart + word) }

  private func add(_ amount: UInt64, to word: Int) {
    unsafe almanac_store_word(words.unsafeStart + word, self[word] &+ amount)
  }
}
