import BundleFormat
import Foundation
import TestSupport

@testable import BundleCompiler

/// Patches with changed bytes, whose digest fits all the same.
enum PatchFuzzing {
  private final class Sample {
    let folder: TemporaryFolder
    let old: String
    let new: [UInt8]
    let patch: [UInt8]

    init() throws {
      folder = try TemporaryFolder(in: FileManager.default.isWritableFile(atPath: "/dev/shm") ? "/dev/shm" : nil)
      old = Repository.path("spec/v1/vectors/sixty.almanac")
      // The same bundle with other bytes in some places, so that the patch is small and has something to say.
      let good = try contents(old)
      let path = folder.file("new.almanac")
      try ForgedBundle.write(good, to: path) { data in
        for place in stride(from: data.count / 2, to: data.count, by: 100_000) { data[place] ^= 0x55 }
      }
      new = try contents(path)
      _ = try BundlePatch.make(old: old, new: path, output: folder.file("patch")) { _, _ in }
      patch = try contents(folder.file("patch")).dropLast(Digest.size)
    }
  }

  nonisolated(unsafe) private static let sample = Result { try Sample() }

  /// Three bytes each say where, and what stands there then. Before them a byte says how much of the patch there is.
  static func take(_ input: [UInt8]) {
    guard let sample = try? sample.get() else { fatalError("no patch can be made") }
    var patch = sample.patch
    if let first = input.first, first > 0 { patch = Array(patch.prefix(patch.count * Int(first) / 255)) }
    for start in stride(from: 1, to: input.count - 2, by: 3) where !patch.isEmpty {
      // The head, which says how large everything is, is changed as often as all the rest.
      let place = Int(input[start]) | Int(input[start + 1]) << 8
      patch[(place & 1 == 0 ? (place >> 1) % 256 : place) % patch.count] = input[start + 2]
    }
    patch += patch.withBytes { Digest(of: $0, for: .patch) }.encoded
    let (path, output) = (sample.folder.file("changed"), sample.folder.file("made.almanac"))
    guard (try? Data(patch).write(to: URL(fileURLWithPath: path))) != nil else {
      fatalError("\(path) cannot be written")
    }
    defer { try? FileManager.default.removeItem(atPath: output) }
    do {
      _ = try BundlePatch.apply(old: sample.old, patch: path, output: output) { _, _ in }
      // Its root decides what comes out; a signature does not stand in the root.
      let made = (try? contents(output)) ?? []
      require(made.dropLast(Footer.size) == sample.new.dropLast(Footer.size), "what a patch makes is the new bundle")
    } catch {
      require(error is WriteError, "a patch is refused in one way")
      require(!FileManager.default.fileExists(atPath: output), "a patch that is refused makes nothing")
    }
    require(
      !sample.folder.names.contains { $0.hasSuffix(".partial") }, "a patch leaves nothing behind")
  }
}
