import CMalloc
import Glibc
import Synchronization

/// Who is told how a compile goes on, to show it to a person. Called by one thread at a time.
public protocol CompileObserver: AnyObject, Sendable {
  /// A stage begins; the one before has ended.
  func begin(stage: String)
  /// So many of the current stage's things are done, such as 1,200 of 34,247 `questions`.
  func progress(_ done: Int, of total: Int, _ unit: String)
}

/// The stages of a compile with the time each took, as told to an observer on the way.
final class StageClock: Sendable {
  private struct State {
    var started: (name: String, at: ContinuousClock.Instant, processor: Double)?
    var stages: [CompileReport.Stage] = []
    var done = 0
  }

  private let observer: (any CompileObserver)?
  private let clock = ContinuousClock()
  private let state = Mutex(State())

  init(_ observer: (any CompileObserver)?) { self.observer = observer }

  /// The stages that have ended.
  var stages: [CompileReport.Stage] { state.withLock { $0.stages } }

  /// Ends the current stage and begins another.
  func begin(_ name: String) {
    end()
    state.withLock {
      $0.started = (name, clock.now, Self.processorSeconds)
      $0.done = 0
      observer?.begin(stage: name)
    }
  }

  /// Tells how much of the stage is done. May be called by several threads.
  func progress(_ done: Int, of total: Int, _ unit: String) {
    state.withLock {
      $0.done = done
      observer?.progress(done, of: total, unit)
    }
  }

  /// Tells that `count` more are done. May be called by several threads.
  func advance(_ count: Int, of total: Int, _ unit: String) {
    state.withLock {
      $0.done += count
      observer?.progress($0.done, of: total, unit)
    }
  }

  /// Ends the current stage.
  func end() {
    // What a stage has freed would otherwise stay with the process while the next one asks for more.
    malloc_trim(0)
    state.withLock {
      guard let started = $0.started else { return }
      let elapsed = (clock.now - started.at).components
      $0.stages.append(
        CompileReport.Stage(
          name: started.name, seconds: Double(elapsed.seconds) + Double(elapsed.attoseconds) * 1e-18,
          processorSeconds: Self.processorSeconds - started.processor))
      $0.started = nil
    }
  }

  // What all threads of the process have spent.
  private static var processorSeconds: Double {
    var time = timespec()
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time)
    return Double(time.tv_sec) + Double(time.tv_nsec) * 1e-9
  }
}
