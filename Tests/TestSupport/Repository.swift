import Foundation
import Synchronization

/// Where things are in the repository that the tests run in.
public enum Repository {
  /// The root folder, found from this file's place in it.
  public static let root: URL = {
    var url = URL(fileURLWithPath: #filePath)
    for _ in 0..<3 { url.deleteLastPathComponent() }
    return url
  }()

  /// The shared data beside the repository; `nil` where it is absent.
  public static let data: URL? = {
    let folder = root.deletingLastPathComponent().appendingPathComponent("shared/data")
    return FileManager.default.fileExists(atPath: folder.path) ? folder : nil
  }()

  /// The path of a file of the repository.
  public static func path(_ relative: String) -> String {
    root.appendingPathComponent(relative).path
  }
}

/// A folder that is removed when the last user is gone, or when the process ends: static properties are never given back.
public final class TemporaryFolder {
  /// The folder's path.
  public let path: String
  private static let present = Mutex<Set<String>>([])
  private static let removal: Void = {
    _ = atexit {
      for path in TemporaryFolder.present.withLock({ $0 }) {
        try? FileManager.default.removeItem(atPath: path)
      }
    }
  }()

  /// Makes a folder in `parent`, or where the system has its temporary files.
  public init(in parent: String? = nil) throws {
    let parent = parent.map { URL(fileURLWithPath: $0) } ?? FileManager.default.temporaryDirectory
    let url = parent.appendingPathComponent("almanac-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: url, withIntermediateDirectories: true)
    path = url.path
    _ = Self.removal
    _ = Self.present.withLock { $0.insert(path) }
  }

  deinit {
    try? FileManager.default.removeItem(atPath: path)
    _ = Self.present.withLock { $0.remove(path) }
  }

  /// The path of a file in the folder.
  public func file(_ name: String) -> String { "\(path)/\(name)" }

  /// Writes a file and returns its path.
  @discardableResult
  public func write(_ name: String, _ content: String) throws -> String {
    try Data(content.utf8).write(to: URL(fileURLWithPath: file(name)))
    return file(name)
  }

  /// The names of the files in the folder, hidden ones too.
  public var names: [String] {
    ((try? FileManager.default.contentsOfDirectory(atPath: path)) ?? []).sorted()
  }
}

/// The bytes of a file.
public func contents(_ path: String) throws -> [UInt8] {
  Array(try Data(contentsOf: URL(fileURLWithPath: path)))
}
