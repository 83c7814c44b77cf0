import ArgumentParser
import Terminal

/// Runs the body of a command and turns whatever it throws into one line on standard error and exit code 1.
func refusing(_ body: () throws -> Void) throws {
  do {
    try body()
  } catch let exit as ExitCode {
    throw exit
  } catch {
    Terminal.writeError("error: \(error)\n")
    throw ExitCode(1)
  }
}
