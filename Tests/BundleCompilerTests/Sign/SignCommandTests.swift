import BundleFormat
import Foundation
import TestSupport
import Testing

/// `keygen`, `sign`, `descriptor`, and what `verify` and `ask` make of signatures.
@Suite struct SignCommandTests {
  private let folder: TemporaryFolder
  private let bundle: String

  init() throws {
    folder = try TemporaryFolder()
    bundle = try SampleBundle.tiny(in: folder)
    _ = try Tool.run("almanac", ["keygen", "-W", "-o", folder.file("k")])
  }

  private func almanac(_ arguments: String..., input: String = "") throws -> Tool.Outcome {
    try Tool.run("almanac", arguments, input: input)
  }

  @Test func keysAreNeverOverwrittenAndTheSecretOneIsPrivate() throws {
    let before = try contents(folder.file("k.key"))
    let again = try almanac("keygen", "-W", "-o", folder.file("k"))
    #expect(again.status == 1)
    #expect(again.errors.contains("never overwritten"))
    #expect(try contents(folder.file("k.key")) == before)
    let mode = { try FileManager.default.attributesOfItem(atPath: $0)[.posixPermissions] as? Int }
    #expect(try mode(folder.file("k.key")) == 0o600)
    try folder.write("l.pub", "mine")
    #expect(try almanac("keygen", "-W", "-o", folder.file("l")).status == 1)
    #expect(!folder.names.contains("l.key"), "no half of a pair")
    #expect(try almanac("keygen", "-o", folder.file("m"), input: "\n").status == 1, "an empty passphrase")
    #expect(!folder.names.contains("m.key"))
  }

  @Test func signingInPlaceReplacesTheFile() throws {
    let open = try FileHandle(forReadingFrom: URL(fileURLWithPath: bundle))
    let before = try contents(bundle)
    #expect(try almanac("sign", bundle, "-s", folder.file("k.key")).status == 0)
    #expect(try contents(bundle) != before)
    #expect(Array(try open.readToEnd() ?? Data()) == before, "whoever has it open keeps the old one")
    #expect(try almanac("verify", bundle, "--public-key", folder.file("k.pub")).status == 0)
    #expect(!folder.names.contains { $0.hasSuffix(".partial") })
  }

  @Test func verifyFailsWithTwoWithoutTheRightSignature() throws {
    #expect(try almanac("verify", bundle).status == 0)
    let unsigned = try almanac("verify", bundle, "--public-key", folder.file("k.pub"))
    #expect(unsigned.status == 2)
    #expect(unsigned.errors.contains("not signed"))
    #expect(try almanac("sign", bundle, "-s", folder.file("k.key"), "-t", "first").status == 0)
    #expect(try almanac("verify", bundle, "--public-key", folder.file("k.pub")).output.contains("first"))
    #expect(try almanac("verify", bundle, "--min-version", "1").status == 0)
    #expect(try almanac("verify", bundle, "--min-version", "2").status == 2)
    _ = try almanac("keygen", "-W", "-o", folder.file("other"))
    let foreign = try almanac("verify", bundle, "--json", "--public-key", folder.file("other.pub"))
    #expect(foreign.status == 2)
    #expect(foreign.output.contains(#""signature":{"state":"wrong""#))
    #expect(try almanac("verify", bundle, "--public-key", folder.file("nothing")).status == 64)
  }

  @Test func askRefusesWhatIsNotSigned() throws {
    let question = "How do I get a library card?"
    let arguments = [bundle, question, "--public-key", folder.file("k.pub")]
    #expect(try Tool.run("ask", arguments).status == 1)
    #expect(try almanac("sign", bundle, "-s", folder.file("k.key")).status == 0)
    #expect(try Tool.run("ask", arguments).status == 0)
    #expect(try Tool.run("ask", arguments + ["--min-version", "2"]).status == 1)
    for mode in ["lazy", "hot", "all", "copy"] {
      #expect(try Tool.run("ask", [bundle, question, "--mode", mode]).status == 0)
    }
  }

  @Test func descriptorIsWhatTheFooterBeginsWith() throws {
    #expect(try almanac("descriptor", folder.file("nothing")).status == 1)
    let first = try almanac("descriptor", bundle).output
    #expect(first.unicodeScalars.dropFirst().starts(with: "ALMNC\r\n".unicodeScalars))
  }

  @Test func signingRefusesWhatIsNoSignature() throws {
    try folder.write("text", "no signature\n")
    let before = try contents(bundle)
    #expect(try almanac("sign", bundle, "--attach", folder.file("text")).status == 1)
    #expect(try almanac("sign", bundle).status == 64)
    #expect(try almanac("sign", bundle, "-s", folder.file("k.pub")).status == 1)
    #expect(try almanac("sign", bundle, "-s", folder.file("k.key"), "-t", "two\nlines").status == 64)
    #expect(try contents(bundle) == before)
  }
}
