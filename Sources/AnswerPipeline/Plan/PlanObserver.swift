import Synchronization

/// Watches a plan while it is made.
public protocol PlanObserver: Sendable {
  /// A stage begins.
  func begin(_ stage: String)
  /// So much of the stage is done. May be called by several threads.
  func update(_ done: Int, of total: Int, _ unit: String)
}

/// Watches nothing.
public struct SilentPlanObserver: PlanObserver {
  public init() {}
  public func begin(_ stage: String) {}
  public func update(_ done: Int, of total: Int, _ unit: String) {}
}

/// A number that several threads add to.
final class SharedCounter: Sendable {
  private let value = Atomic<Int>(0)

  /// Adds and returns the sum.
  func add(_ number: Int) -> Int { value.add(number, ordering: .relaxed).newValue }
}
