import Dispatch
import Glibc
import Synchronization

/// How many threads share parallel work.
package enum ThreadCount {
  /// Bound by `$chosen.withValue` around the work; `nil`: one for each core.
  @TaskLocal package static var chosen: Int?
}

/// Calls `body` once for each of `count` independent pieces of work, on all cores or as many threads as `ThreadCount` says.
///
/// No result may depend on the order: each call writes places of its own, and only exact integer sums are joined.
package func inParallel(_ count: Int, _ body: @Sendable (Int) -> Void) {
  guard let threads = ThreadCount.chosen else {
    DispatchQueue.concurrentPerform(iterations: count, execute: body)
    return
  }
  withoutActuallyEscaping(body) { body in
    let work = SharedWork(count: count, body)
    var others: [pthread_t] = []
    for _ in 1..<max(min(threads, count), 1) {
      var thread = pthread_t()
      let shared = Unmanaged.passRetained(work)
      let code = pthread_create(
        &thread, nil,
        { shared in
          Unmanaged<SharedWork>.fromOpaque(shared!).takeRetainedValue().run()
          return nil
        }, shared.toOpaque())
      // With fewer threads the others do more.
      if code == 0 { others.append(thread) } else { shared.release() }
    }
    work.run()
    for thread in others { pthread_join(thread, nil) }
  }
}

/// Pieces of work that several threads take one after the other.
private final class SharedWork: Sendable {
  private let next = Atomic(0)
  private let count: Int
  private let body: @Sendable (Int) -> Void

  init(count: Int, _ body: @escaping @Sendable (Int) -> Void) {
    self.count = count
    self.body = body
  }

  /// Does pieces until none is left. What is parallel inside a piece stays on its thread.
  func run() {
    ThreadCount.$chosen.withValue(1) {
      while true {
        let piece = next.add(1, ordering: .relaxed).oldValue
        guard piece < count else { return }
        body(piece)
      }
    }
  }
}

/// Cuts `0..<count` into ranges of at most `size`. The cut does not depend on the number of cores.
package func ranges(of count: Int, size: Int) -> [Range<Int>] {
  stride(from: 0, to: count, by: size).map { $0..<min($0 + size, count) }
}
