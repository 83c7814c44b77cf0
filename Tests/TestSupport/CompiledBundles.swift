import Foundation

/// Bundles that tests of this process have compiled, by all that went into them, so that each is compiled once for all tests.
///
/// Equal input gives equal bytes; tests of that compile for themselves.
final class CompiledBundles: @unchecked Sendable {
  static let shared = CompiledBundles()

  private final class Compiled: @unchecked Sendable {
    let lock = NSLock()
    var bytes: Data?
  }

  private let lock = NSLock()
  private var compiled: [Data: Compiled] = [:]

  /// Writes to `output` the bundle that `compile` makes there of the files beside the recipe and of `others`.
  ///
  /// Whoever wants a bundle that is being compiled waits for it. What could not be compiled is tried again.
  func write(recipe: String, others: [String?], to output: String, compile: () throws -> Void) throws {
    let bundle = of(try Self.key(recipe, others))
    try bundle.lock.withLock {
      if let bytes = bundle.bytes {
        try? FileManager.default.removeItem(atPath: output)
        try bytes.write(to: URL(fileURLWithPath: output))
        try FileManager.default.setAttributes([.posixPermissions: 0o444], ofItemAtPath: output)
      } else {
        try compile()
        bundle.bytes = try Data(contentsOf: URL(fileURLWithPath: output))
      }
    }
  }

  private func of(_ key: Data) -> Compiled {
    lock.withLock {
      if let known = compiled[key] { return known }
      let new = Compiled()
      compiled[key] = new
      return new
    }
  }

  // Names and contents of the files, bundles that lie beside the recipe excepted: what a compile reads of those is in `others`.
  private static func key(_ recipe: String, _ others: [String?]) throws -> Data {
    let folder = URL(fileURLWithPath: recipe).deletingLastPathComponent()
    var key = Data()
    func add(_ name: String, _ content: Data) {
      key.append(Data("\(name.utf8.count) \(name) \(content.count) ".utf8))
      key.append(content)
    }
    for name in try FileManager.default.subpathsOfDirectory(atPath: folder.path).sorted() {
      let file = folder.appendingPathComponent(name)
      guard file.pathExtension != "almanac",
        try file.resourceValues(forKeys: [.isRegularFileKey]).isRegularFile ?? false
      else { continue }
      add(name, try Data(contentsOf: file))
    }
    for (number, path) in others.enumerated() {
      // A compile writes the name of the bundle that it builds upon into the new one.
      guard let path else { continue }
      add("\(number) \(URL(fileURLWithPath: path).lastPathComponent)", try Data(contentsOf: URL(fileURLWithPath: path)))
    }
    return key
  }
}
