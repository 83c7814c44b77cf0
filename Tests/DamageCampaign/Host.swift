import BundleFormat
import BundleReader
import Foundation
import TestSupport

// Foundation has a Bundle too.
import class BundleReader.Bundle

/// What became of requests to a file.
enum HostOutcome {
  case refused
  case replies([[UInt8]])
  /// The process ended by this signal.
  case died(signal: Int32)
}

/// What answers together with the file that is damaged.
enum Companion {
  case none
  /// The file is a layer over the bundle at this path.
  case base(String)
  /// The layer at this path lies over the file.
  case layer(String)
}

/// Something that opens a file and answers requests from it.
protocol Host {
  func ask(_ path: String, _ requests: [[UInt8]], mode: OpenMode) throws -> HostOutcome
}

/// The reader's library in this process.
struct LibraryHost: Host {
  let companion: Companion

  private func open(_ path: String, mode: OpenMode) throws(BundleError) -> Bundle {
    switch companion {
    case .none: try Bundle.open(path, mode: mode)
    case .base(let base): try Bundle.open(path, over: Bundle.open(base, mode: mode), mode: mode)
    case .layer(let layer): try Bundle.open(layer, over: Bundle.open(path, mode: mode), mode: mode)
    }
  }

  func ask(_ path: String, _ requests: [[UInt8]], mode: OpenMode) -> HostOutcome {
    let bundle: Bundle
    do throws(BundleError) {
      bundle = try open(path, mode: mode)
    } catch {
      return .refused
    }
    let responder = Responder(bundle)
    return .replies(
      requests.map { request in
        _ = request.withBytes { responder.respond(to: $0) }
        return responder.reply.copied
      })
  }
}

/// A build of almanac-reader, started anew for each file.
struct ProgramHost: Host {
  let program: String
  let folder: String
  let companion: Companion

  func ask(_ path: String, _ requests: [[UInt8]], mode: OpenMode) throws -> HostOutcome {
    let (input, output) = ("\(folder)/requests", "\(folder)/replies")
    try Data(requests.joined(separator: [UInt8(ascii: "\n")]) + [UInt8(ascii: "\n")]).write(
      to: URL(fileURLWithPath: input))
    var actions = posix_spawn_file_actions_t()
    posix_spawn_file_actions_init(&actions)
    defer { posix_spawn_file_actions_destroy(&actions) }
    posix_spawn_file_actions_addopen(&actions, 0, input, O_RDONLY, 0)
    posix_spawn_file_actions_addopen(&actions, 1, output, O_WRONLY | O_CREAT | O_TRUNC, 0o600)
    posix_spawn_file_actions_addopen(&actions, 2, "/dev/null", O_WRONLY, 0)
    let name =
      switch mode {
      case .lazy: "lazy"
      case .hot: "hot"
      case .all: "all"
      case .copy: "copy"
      }
    let files =
      switch companion {
      case .none: [path]
      case .base(let base): [base, "--layer", path]
      case .layer(let layer): [path, "--layer", layer]
      }
    let words = [program] + files + ["--mode", name]
    var arguments: [UnsafeMutablePointer<CChar>?] = words.map { strdup($0) }
    arguments.append(nil)
    defer { for argument in arguments { free(argument) } }
    var process: pid_t = 0
    let code = posix_spawn(&process, program, &actions, nil, &arguments, environ)
    guard code == 0 else { throw POSIXError(POSIXErrorCode(rawValue: code) ?? .EIO) }
    var status: Int32 = 0
    while waitpid(process, &status, 0) < 0 && errno == EINTR {}
    if status & 0x7F != 0 { return .died(signal: status & 0x7F) }
    let replies = try contents(output).split(separator: UInt8(ascii: "\n")).map { Array($0) + [UInt8(ascii: "\n")] }
    return replies.isEmpty && status != 0 ? .refused : .replies(replies)
  }
}
