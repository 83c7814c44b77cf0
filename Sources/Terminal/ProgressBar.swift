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
    draw(0, detail: "")
  }

  /// Redraws the line, at most ten times a second. `share` is 0…1.
  public func update(_ share: Double, detail: String) {
    if let lastDrawn, clock.now - lastDrawn < .milliseconds(100), share < 1 { return }
    draw(share, detail: detail)
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

  private func draw(_ share: Double, detail: String) {
    guard isShown else { return }
    lastDrawn = clock.now
    let width = 24
    let filled = Int((min(max(share, 0), 1) * Double(width)).rounded(.down))
    let bar = String(repeating: "█", count: filled) + String(repeating: "░", count: width - filled)
    let percent = padded("\(Int(share * 100)) %", 5)
    let line = "\(padded(stage, 14)) \(bar) \(percent) \(seconds(clock.now - stageStart)) s  \(detail)"
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
