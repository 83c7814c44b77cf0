import ArgumentParser
import Glibc
import Terminal

/// Runs the body of a command and turns whatever it throws into one line on standard error and exit code 1.
func refusing(_ body: () throws -> Void) throws {
  do {
    try body()
    // What could not be written must not look like success.
    guard fflush(nil) == 0 else {
      throw OutputFailure(
        description: "cannot write to standard output: \(String(cString: strerror(errno))); check space")
    }
  } catch let exit as ExitCode {
    throw exit
  } catch {
    Terminal.writeError("error: \(error)\n")
    throw ExitCode(1)
  }
}

/// Standard output could not be written.
private struct OutputFailure: Error, CustomStringConvertible {
  let description: String
}
