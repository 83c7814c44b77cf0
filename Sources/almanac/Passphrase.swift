import Glibc
import Terminal

/// What encrypts a secret key: typed by a person without being shown, or the first line of standard input.
enum Passphrase {
  /// Why there is no passphrase.
  struct Failure: Error, CustomStringConvertible {
    let description: String
  }

  private static let maximumLength = 1024

  /// A new passphrase; a person types it twice.
  ///
  /// - Throws: `Failure` if it is empty, or the two are not the same.
  static func choose() throws -> [UInt8] {
    let passphrase = try ask("passphrase for the secret key: ")
    guard !passphrase.isEmpty else {
      throw Failure(description: "the passphrase is empty; give one, or -W for a key that is not encrypted")
    }
    if isatty(STDIN_FILENO) == 1, try ask("once more: ") != passphrase {
      throw Failure(description: "the two passphrases are not the same; try again")
    }
    return passphrase
  }

  /// The passphrase of a key.
  ///
  /// - Throws: `Failure` if standard input ends.
  static func ask(_ prompt: String) throws -> [UInt8] {
    let isPerson = isatty(STDIN_FILENO) == 1
    var shown = termios()
    if isPerson {
      Terminal.writeError(prompt)
      tcgetattr(STDIN_FILENO, &shown)
      var hidden = shown
      hidden.c_lflag &= ~tcflag_t(ECHO)
      tcsetattr(STDIN_FILENO, TCSAFLUSH, &hidden)
    }
    defer {
      if isPerson {
        tcsetattr(STDIN_FILENO, TCSAFLUSH, &shown)
        Terminal.writeError("\n")
      }
    }
    return try line()
  }

  // Byte by byte, so that nothing after the line is taken from whoever reads it next.
  private static func line() throws -> [UInt8] {
    var line: [UInt8] = []
    var byte: UInt8 = 0
    while true {
      let count = read(STDIN_FILENO, &byte, 1)
      if count < 0, errno == EINTR { continue }
      guard count > 0 || !line.isEmpty else {
        throw Failure(description: "there is no passphrase on standard input; give one in its first line")
      }
      if count <= 0 || byte == UInt8(ascii: "\n") { break }
      line.append(byte)
      guard line.count <= maximumLength else {
        throw Failure(description: "the passphrase has more than \(maximumLength) bytes; give a shorter one")
      }
    }
    if line.last == UInt8(ascii: "\r") { line.removeLast() }
    return line
  }
}
