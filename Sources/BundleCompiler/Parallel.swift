import Dispatch

/// Calls `body` once for each of `count` independent pieces of work, on all cores.
///
/// No result may depend on the order: each call writes places of its own, and only exact integer sums are joined.
package func inParallel(_ count: Int, _ body: @Sendable (Int) -> Void) {
  DispatchQueue.concurrentPerform(iterations: count, execute: body)
}

/// Cuts `0..<count` into ranges of at most `size`. The cut does not depend on the number of cores.
package func ranges(of count: Int, size: Int) -> [Range<Int>] {
  stride(from: 0, to: count, by: size).map { $0..<min($0 + size, count) }
}
