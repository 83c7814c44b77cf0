import BundleCompiler
import Glibc
import Synchronization

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
/// whatever stood at the targets stays. The temporary name depends on the target's alone, so what a killed run left is used
/// again by the next; a lock on it keeps two runs for one target apart.
public final class OutputFiles {
  private var files: [OutputFile] = []
  private var stale: [String] = []
  private var isPublished = false

  public init() {}

  deinit {
    for file in files where !isPublished { file.discard() }
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
      try file.putInPlace()
    }
    isPublished = true
    for path in stale { unlink(path) }
  }

  /// Removes all files that this process has begun and not put in place; for a handler of signals.
  public static func discardUnfinished() { OutputFile.discardUnfinished() }

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
  // The temporary names that this process holds: another run's must not be removed.
  private static let held = Mutex<Set<String>>([])

  init(_ path: String) throws(OutputError) {
    let folder = path.lastIndex(of: "/").map { path[...$0] } ?? ""
    let name = path.lastIndex(of: "/").map { path[path.index(after: $0)...] } ?? path[...]
    let part = "\(folder).\(name).part"
    var status = stat()
    if stat(path, &status) == 0, status.st_mode & S_IFMT == S_IFDIR {
      throw OutputError(path, "written", code: EISDIR, remedy: "name a file, not a folder")
    }
    let descriptor = try Self.lockedFile(part, target: path)
    // What a killed run left is written over.
    guard ftruncate(descriptor, 0) == 0, let opened = fdopen(descriptor, "w") else {
      let code = errno
      close(descriptor)
      throw OutputError(path, "written", code: code)
    }
    self.path = path
    temporary = part
    stream = opened
    Self.held.withLock { _ = $0.insert(part) }
  }

  deinit {
    if !isClosed { fclose(stream) }
  }

  private static func lockedFile(_ path: String, target: String) throws(OutputError) -> Int32 {
    // Between opening and locking another run may put in place or remove the very file that was opened; then again.
    for _ in 0..<100 {
      let descriptor = open(path, O_WRONLY | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0o666)
      guard descriptor >= 0 else { throw OutputError(target, "written", code: errno) }
      guard flock(descriptor, LOCK_EX | LOCK_NB) == 0 else {
        close(descriptor)
        break
      }
      var opened = stat()
      var named = stat()
      if fstat(descriptor, &opened) == 0, lstat(path, &named) == 0, opened.st_ino == named.st_ino { return descriptor }
      close(descriptor)
    }
    throw OutputError(target, "written", code: EBUSY, remedy: "another run is writing it; wait for it to end")
  }

  /// Appends `text`. A failure to write shows when the files are published.
  public func write(_ text: String) {
    var text = text
    text.withUTF8 { unsafe _ = fwrite($0.baseAddress, 1, $0.count, stream) }
  }

  /// Appends `bytes` as they are.
  func write(_ bytes: [UInt8]) {
    bytes.withUnsafeBytes { unsafe _ = fwrite($0.baseAddress, 1, $0.count, stream) }
  }

  /// Appends a line.
  public func writeLine(_ text: String) {
    write(text)
    putc(0x0A, stream)
  }

  // Stays open, and locked, until it is in place.
  func finish() throws(OutputError) {
    guard ferror(stream) == 0, fflush(stream) == 0, fsync(fileno(stream)) == 0 else {
      throw OutputError(path, "written", code: errno)
    }
  }

  func putInPlace() throws(OutputError) {
    guard rename(temporary, path) == 0 else { throw OutputError(path, "put in place", code: errno) }
    Self.held.withLock { _ = $0.remove(temporary) }
    isClosed = true
    guard fclose(stream) == 0 else { throw OutputError(path, "written", code: errno) }
  }

  func discard() {
    let isHeld = Self.held.withLock { $0.remove(temporary) != nil }
    if isHeld { unlink(temporary) }
  }

  static func discardUnfinished() {
    held.withLock { held in
      for path in held { unlink(path) }
    }
  }
}
