import BundleCompiler
import Foundation

/// The digests of the sources as they are now: an answer made from another one was made from something that has changed.
struct SourceDigests {
  private(set) var digests: Set<String> = []

  /// Reads a folder, the files in it and below, or a list with a digest of 64 hexadecimal digits at the start of each line.
  ///
  /// - Throws: `InputError` for what cannot be read, and for a line of another form.
  init(_ path: String) throws(InputError) {
    var isFolder: ObjCBool = false
    if FileManager.default.fileExists(atPath: path, isDirectory: &isFolder), isFolder.boolValue {
      for name in FileManager.default.enumerator(atPath: path)?.allObjects.compactMap({ $0 as? String }).sorted() ?? []
      {
        var isInner: ObjCBool = false
        let file = "\(path)/\(name)"
        guard FileManager.default.fileExists(atPath: file, isDirectory: &isInner), !isInner.boolValue else { continue }
        digests.insert(try FileDigest.of(file))
      }
      return
    }
    let lines = String(decoding: try TextFile.read(path), as: UTF8.self)
      .split(separator: "\n", omittingEmptySubsequences: false)
    for (number, line) in lines.enumerated() where !line.isEmpty {
      let digest = line.prefix(64)
      guard digest.utf8.count == 64, line.dropFirst(64).first ?? " " == " ",
        digest.utf8.allSatisfy({ (0x30...0x39).contains($0) || (0x61...0x66).contains($0) })
      else {
        throw InputError(
          file: path, line: number + 1, problem: "the line does not begin with a digest of 64 hexadecimal digits",
          remedy: "write the list with b2sum -l 256, or give the folder of the sources")
      }
      digests.insert(String(digest))
    }
  }

  /// Whether a source with this digest is there.
  func contains(_ digest: String) -> Bool { digests.contains(digest) }
}
