import BundleCompiler
import Glibc

/// Why an output could not be written.
public struct OutputError: Error, CustomStringConvertible, Sendable {
  /// The file, the reason and the remedy in one line.
  public let description: String

  init(
    _ path: String, _ action: String, code: Int32, remedy: String = "check the folder, its rights and the space left"
  ) {
    description = "\(path): the file cannot be \(action) (\(String(cString: strerror(code)))); \(remedy)"
  }
}

/// Files that appear together, whole, or not at all.
///
/// Each is written under a temporary name beside its target. `publish` renames them all; without it they are removed, and
/// whatever stood at the targets stays.
public final class OutputFiles {
  private var files: [OutputFile] = []
  private var stale: [String] = []
  private var isPublished = false

  public init() {}

  deinit {
    for file in files where !isPublished { unlink(file.temporary) }
  }

  /// Begins a file that will stand at `path`, which may exist.
  ///
  /// - Throws: `OutputError` if its folder does not exist or may not be written.
  public func create(_ path: String) throws(OutputError) -> OutputFile {
    let file = try OutputFile(path)
    files.append(file)
    return file
  }

  /// Notes that no file may stand at `path` once the others are published: an earlier run's, which would now be wrong.
  public func remove(_ path: String) { stale.append(path) }

  /// Puts all files in their places, in the order in which they were begun.
  ///
  /// - Throws: `OutputError` if one cannot be written; then no target has changed unless a rename failed half-way.
  public func publish() throws(OutputError) {
    for file in files { try file.finish() }
    for file in files {
      guard rename(file.temporary, file.path) == 0 else { throw OutputError(file.path, "put in place", code: errno) }
    }
    isPublished = true
    for path in stale { unlink(path) }
  }

  /// The paths of the files, in the order in which they were begun.
  public var names: [String] { files.map(\.path) }

  /// Makes the folder at `path` if there is none.
  ///
  /// - Throws: `OutputError` if that fails, or something else than a folder is there.
  public static func makeFolder(_ path: String) throws(OutputError) {
    guard mkdir(path, 0o777) != 0 else { return }
    let code = errno
    var status = stat()
    if code == EEXIST, stat(path, &status) == 0 {
      if status.st_mode & S_IFMT == S_IFDIR { return }
      throw OutputError(path, "made a folder", code: ENOTDIR, remedy: "name a folder, or a path where none is yet")
    }
    throw OutputError(path, "made a folder", code: code)
  }
}

/// A text file while it is written, under a temporary name.
public final class OutputFile {
  /// Where it will stand.
  public let path: String
  let temporary: String
  private let stream: UnsafeMutablePointer<FILE>
  private var isClosed = false

  init(_ path: String) throws(OutputError) {
    let part = "\(path).\(getpid()).part"
    var status = stat()
    if stat(path, &status) == 0, status.st_mode & S_IFMT == S_IFDIR {
      throw OutputError(path, "written", code: EISDIR, remedy: "name a file, not a folder")
    }
    // What a killed run of the same number left is nobody's.
    unlink(part)
    guard let opened = fopen(part, "wxe") else { throw OutputError(path, "written", code: errno) }
    self.path = path
    temporary = part
    stream = opened
  }

  deinit {
    if !isClosed { fclose(stream) }
  }

  /// Appends `text`. A failure to write shows when the files are published.
  public func write(_ text: String) {
    var text = text
    text.withUTF8 { unsafe _ = fwrite($0.baseAddress, 1, $0.count, stream) }
  }

  /// Appends a line.
  public func writeLine(_ text: String) {
    write(text)
    putc(0x0A, stream)
  }

  func finish() throws(OutputError) {
    let failed = ferror(stream) != 0 || fflush(stream) != 0 || fsync(fileno(stream)) != 0
    let code = errno
    isClosed = true
    guard fclose(stream) == 0, !failed else { throw OutputError(path, "written", code: code) }
  }
}
