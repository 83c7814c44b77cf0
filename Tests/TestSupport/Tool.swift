import Foundation

/// Runs the package's own programs, as built beside the tests.
public enum Tool {
  /// What a program did.
  public struct Outcome: Sendable {
    public let status: Int32
    public let output: String
    public let errors: String
  }

  /// The folder of the programs: where the test bundle lies.
  private static let folder: URL = {
    let arguments = ProcessInfo.processInfo.arguments
    let bundle = arguments.firstIndex(of: "--test-bundle-path").map { arguments[$0 + 1] } ?? arguments[0]
    return URL(fileURLWithPath: bundle).deletingLastPathComponent()
  }()

  /// Runs a program to its end; with `fileLimit` none of its files may become larger than so many bytes.
  public static func run(
    _ name: String, _ arguments: [String], input: String = "", environment: [String: String] = [:],
    fileLimit: Int? = nil
  ) throws -> Outcome {
    let process = Process()
    let program = folder.appendingPathComponent(name)
    process.executableURL = fileLimit == nil ? program : URL(fileURLWithPath: "/usr/bin/prlimit")
    process.arguments = (fileLimit.map { ["--fsize=\($0)", program.path] } ?? []) + arguments
    process.environment = ProcessInfo.processInfo.environment.merging(environment) { $1 }
    let (stdin, stdout, stderr) = (Pipe(), Pipe(), Pipe())
    process.standardInput = stdin
    process.standardOutput = stdout
    process.standardError = stderr
    try process.run()
    // Small inputs fit the pipe's buffer, so writing before reading cannot block.
    try stdin.fileHandleForWriting.write(contentsOf: Data(input.utf8))
    try stdin.fileHandleForWriting.close()
    let output = stdout.fileHandleForReading.readDataToEndOfFile()
    let errors = stderr.fileHandleForReading.readDataToEndOfFile()
    process.waitUntilExit()
    return Outcome(
      status: process.terminationStatus, output: String(decoding: output, as: UTF8.self),
      errors: String(decoding: errors, as: UTF8.self))
  }
}
