import BundleCompiler
import BundleFormat
import Foundation
import TestSupport
import Testing

/// A patch gives the new bundle byte for byte, or nothing at all.
@Suite struct PatchTests {
  private let folder: TemporaryFolder
  private let old: String
  private let new: String

  init() throws {
    folder = try TemporaryFolder()
    var recipe = try FAQRecipe(0..<60)
    old = try recipe.compile("old", in: folder)
    recipe.rows[7]["answer"] = "Another answer."
    new = try recipe.compile("new", in: folder, previous: old)
  }

  private func diff() throws -> String {
    _ = try BundlePatch.make(old: old, new: new, output: folder.file("patch")) { _, _ in }
    return folder.file("patch")
  }

  private func apply(_ patch: String, to bundle: String) throws {
    _ = try BundlePatch.apply(old: bundle, patch: patch, output: folder.file("made.almanac")) { _, _ in }
  }

  @Test func aPatchedBundleIsTheNewOneByteForByteAndThePatchIsSmall() throws {
    let patch = try diff()
    try apply(patch, to: old)
    #expect(try contents(folder.file("made.almanac")) == contents(new))
    // What may not be below 5 % at a change of 1 %: here one of 60 answers changed.
    #expect(try contents(patch).count * 20 <= contents(new).count)
  }

  @Test func theSameBundlesGiveTheSamePatch() throws {
    let first = try contents(diff())
    #expect(try first == contents(diff()))
  }

  @Test func aFooterWithASignatureIsCarriedAsItIs() throws {
    var bytes = try contents(new)
    let bundle = bytes.withBytes { $0.slice(bytes.count - Footer.size, Footer.size).map { $0.copied } } ?? []
    var footer = try bundle.withBytes { try Footer($0, fileLength: UInt64(bytes.count)) }
    footer.signature = Array("untrusted comment: not a real one\n".utf8)
    bytes.replaceSubrange(bytes.count - Footer.size..<bytes.count, with: footer.encoded)
    let signed = folder.file("signed.almanac")
    try Data(bytes).write(to: URL(fileURLWithPath: signed))
    _ = try BundlePatch.make(old: old, new: signed, output: folder.file("patch")) { _, _ in }
    try apply(folder.file("patch"), to: old)
    #expect(try contents(folder.file("made.almanac")) == bytes)
  }

  @Test func aPatchForAnotherBundleIsRefusedByItsRootAndTheOutputStays() throws {
    let patch = try diff()
    let other = try FAQRecipe(60..<120).compile("other", in: folder)
    try folder.write("made.almanac", "what was there")
    let error = try #require(throws: WriteError.self) { try apply(patch, to: other) }
    let bytes = try contents(other)
    let root = bytes.withBytes { Digest($0, at: bytes.count - Footer.size + 32)?.hexadecimal ?? "" }
    #expect(error.description.contains(root), "\(error)")
    #expect(try contents(folder.file("made.almanac")) == Array("what was there".utf8))
    #expect(folder.names.allSatisfy { !$0.hasSuffix(".partial") })
  }

  @Test func aDamagedPatchOrOldBundleIsRefusedAndTheOutputStays() throws {
    let patch = try contents(diff())
    try folder.write("made.almanac", "what was there")
    var random = SeededRandom()
    for _ in 0..<60 {
      var bytes = patch
      if Bool.random(using: &random) {
        let bit = Int.random(in: 0..<bytes.count * 8, using: &random)
        bytes[bit / 8] ^= 1 << UInt8(bit % 8)
      } else {
        bytes.removeLast(Int.random(in: 1..<bytes.count, using: &random))
      }
      try Data(bytes).write(to: URL(fileURLWithPath: folder.file("bad")))
      #expect(throws: WriteError.self, "seed \(random.seed)") { try apply(folder.file("bad"), to: old) }
    }
    try Data(patch).write(to: URL(fileURLWithPath: folder.file("good")))
    var bytes = try contents(old)
    bytes[bytes.count / 3] ^= 4
    try Data(bytes).write(to: URL(fileURLWithPath: folder.file("damaged.almanac")))
    #expect(throws: WriteError.self) { try apply(folder.file("good"), to: folder.file("damaged.almanac")) }
    #expect(try contents(folder.file("made.almanac")) == Array("what was there".utf8))
  }

  // A patch whose own digest is right, so that only the limits of its fields stand between it and memory.
  @Test func aHostilePatchIsRefused() throws {
    let patch = try contents(diff())
    var random = SeededRandom()
    let frame = Int(patch.withBytes { $0.integer(at: 96, as: UInt32.self) ?? 0 })
    for _ in 0..<200 {
      var bytes = Array(patch.dropLast(Digest.size))
      let fields = Array(12..<32) + Array(96..<100) + Array(128 + frame..<128 + frame + 32)
      for _ in 0..<Int.random(in: 1...4, using: &random) {
        bytes[fields.randomElement(using: &random) ?? 12] = UInt8.random(in: 0...255, using: &random)
      }
      if bytes.elementsEqual(patch.dropLast(Digest.size)) { continue }
      bytes += bytes.withBytes { Digest(of: $0, for: .patch) }.encoded
      try Data(bytes).write(to: URL(fileURLWithPath: folder.file("bad")))
      do {
        try apply(folder.file("bad"), to: old)
        // A field may change and the result be the same, since the root decides.
        #expect(try contents(folder.file("made.almanac")) == contents(new), "seed \(random.seed)")
      } catch is WriteError {
      }
    }
  }

  @Test func whatIsReadIsNotReplaced() throws {
    let patch = try diff()
    let before = try [old, new, patch].map { try contents($0) }
    for input in [old, new] {
      #expect(throws: WriteError.self) { try BundlePatch.make(old: old, new: new, output: input) { _, _ in } }
    }
    #expect(throws: WriteError.self) { try BundlePatch.apply(old: old, patch: patch, output: patch) { _, _ in } }
    #expect(try [old, new, patch].map { try contents($0) } == before)
    #expect(folder.names.allSatisfy { !$0.hasSuffix(".partial") })
  }

  @Test func theCommandsSayWhatTheyDidAndRefuseWithOne() throws {
    let made = try Tool.run("almanac", ["diff", old, new, "-o", folder.file("p"), "--json"])
    #expect(made.status == 0 && made.output.contains("\"patch_bytes\""), "\(made.errors)")
    let patched = try Tool.run("almanac", ["patch", old, folder.file("p"), "-o", folder.file("made.almanac")])
    #expect(patched.status == 0, "\(patched.errors)")
    #expect(try contents(folder.file("made.almanac")) == contents(new))
    let again = try Tool.run("almanac", ["patch", new, folder.file("p"), "-o", folder.file("made.almanac")])
    #expect(again.status == 1 && again.errors.contains("nothing to do"), "\(again.errors)")
  }
}
