/// Who is told how a compile goes on, to show it to a person.
public protocol CompileObserver: AnyObject {
  /// A stage begins; the one before has ended.
  func begin(stage: String)
  /// The share of the current stage that is done, 0…1, and what is worth saying about it.
  func progress(_ share: Double, detail: String)
}

/// The stages of a compile with the time each took, as told to an observer on the way.
final class StageClock {
  private let observer: (any CompileObserver)?
  private let clock = ContinuousClock()
  private var started: (name: String, at: ContinuousClock.Instant)?

  /// The stages that have ended, with their seconds.
  private(set) var stages: [(name: String, seconds: Double)] = []

  init(_ observer: (any CompileObserver)?) { self.observer = observer }

  /// Ends the current stage and begins another.
  func begin(_ name: String) {
    end()
    started = (name, clock.now)
    observer?.begin(stage: name)
  }

  /// Tells how far the current stage has come.
  func progress(_ share: Double, _ detail: String = "") { observer?.progress(share, detail: detail) }

  /// Ends the current stage.
  func end() {
    guard let started else { return }
    let elapsed = (clock.now - started.at).components
    stages.append((started.name, Double(elapsed.seconds) + Double(elapsed.attoseconds) * 1e-18))
    self.started = nil
  }
}
