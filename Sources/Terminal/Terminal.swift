import Glibc

/// What the terminal at hand can show.
public enum Terminal {
  /// Whether standard error is a terminal: then progress may be drawn there.
  public static var showsProgress: Bool { isatty(STDERR_FILENO) == 1 }

  /// Whether standard output is a terminal: then colours may be used, unless `NO_COLOR` is set.
  public static var showsColour: Bool { isatty(STDOUT_FILENO) == 1 && getenv("NO_COLOR") == nil }

  /// The width of the terminal on standard error in columns.
  public static var width: Int {
    var size = winsize()
    return ioctl(STDERR_FILENO, UInt(TIOCGWINSZ), &size) == 0 && size.ws_col > 0 ? Int(size.ws_col) : 80
  }

  /// Writes text to standard error.
  public static func writeError(_ text: String) {
    var rest = Array(text.utf8)[...]
    while !rest.isEmpty {
      let written = rest.withUnsafeBytes { write(STDERR_FILENO, $0.baseAddress, $0.count) }
      if written > 0 {
        rest = rest.dropFirst(written)
      } else if !mayTryAgain() {
        return
      }
    }
  }

  // A pipe that another program has made non-blocking may be full for a moment; a message must not be lost for that.
  private static func mayTryAgain() -> Bool {
    if errno == EINTR { return true }
    guard errno == EAGAIN || errno == EWOULDBLOCK else { return false }
    var wait = pollfd(fd: STDERR_FILENO, events: Int16(POLLOUT), revents: 0)
    return poll(&wait, 1, -1) >= 0 || errno == EINTR
  }
}
