import Glibc

/// A line on standard error that shows how far a long piece of work has come. Draws nothing unless that is a terminal.
public final class ProgressBar {
  private let isShown: Bool
  private let clock = ContinuousClock()
  private var stage = ""
  private var stageStart: ContinuousClock.Instant
  private var lastDrawn: ContinuousClock.Instant?

  public init() {
    isShown = Terminal.showsProgress
    stageStart = clock.now
  }

  /// Starts a stage; the one before stays on the screen with its time.
  public func begin(_ name: String) {
    end()
    stage = name
    stageStart = clock.now
    lastDrawn = nil
    draw(0, of: 0, "")
  }

  /// Redraws the line, at most ten times a second: how many of the stage's things are done, and how many a second.
  public func update(_ done: Int, of total: Int, _ unit: String) {
    if let lastDrawn, clock.now - lastDrawn < .milliseconds(100) { return }
    draw(done, of: total, unit)
  }

  /// Ends the current stage.
  public func end() {
    guard isShown, !stage.isEmpty else { return }
    Terminal.writeError("\r\u{1B}[K\(padded(stage, 14)) done  \(seconds(clock.now - stageStart)) s\n")
    stage = ""
  }

  /// Ends the line without a word about the stage, after it failed.
  public func abandon() {
    guard isShown, !stage.isEmpty else { return }
    Terminal.writeError("\n")
    stage = ""
  }

  private func draw(_ done: Int, of total: Int, _ unit: String) {
    guard isShown else { return }
    lastDrawn = clock.now
    let width = 10
    let share = total > 0 ? min(Double(done) / Double(total), 1) : 0
    let filled = Int((share * Double(width)).rounded(.down))
    let bar = String(repeating: "█", count: filled) + String(repeating: "░", count: width - filled)
    let elapsed = clock.now - stageStart
    let rate =
      Double(done) / max(Double(elapsed.components.attoseconds) * 1e-18 + Double(elapsed.components.seconds), 0.001)
    let figures =
      total > 0 ? "  \(Figures.count(done)) of \(Figures.count(total)) \(unit), \(Figures.count(Int(rate)))/s" : ""
    let line = "\(padded(stage, 14)) \(bar) \(padded("\(Int(share * 100)) %", 5)) \(seconds(elapsed)) s\(figures)"
    Terminal.writeError("\r\u{1B}[K\(line.prefix(Terminal.width - 1))")
  }

  private func padded(_ text: String, _ width: Int) -> String {
    text + String(repeating: " ", count: max(0, width - text.count))
  }

  private func seconds(_ duration: Duration) -> String {
    let tenths = duration.components.seconds * 10 + duration.components.attoseconds / 100_000_000_000_000_000
    return "\(tenths / 10).\(tenths % 10)"
  }
}
