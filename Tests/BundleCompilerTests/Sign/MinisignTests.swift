import BundleCompiler
import BundleFormat
import Foundation
import TestSupport
import Testing

private let minisignProgram = ["/usr/bin/minisign", "/usr/local/bin/minisign"].first {
  FileManager.default.isExecutableFile(atPath: $0)
}

/// What `almanac` signs, `minisign` verifies, and the other way round, with keys of either. Skipped where minisign is not installed.
@Suite(.enabled(if: minisignProgram != nil, "minisign is not installed, run tools/install-packages --test"))
struct MinisignTests {
  private let folder: TemporaryFolder
  private let bundle: String
  private let descriptor: String

  init() throws {
    folder = try TemporaryFolder()
    bundle = try SampleBundle.tiny(in: folder)
    descriptor = folder.file("d")
    let footer = try contents(bundle).suffix(Footer.size)
    try Data(footer.prefix(Footer.descriptorSize)).write(to: URL(fileURLWithPath: descriptor))
  }

  private func minisign(_ arguments: String..., input: String = "") throws -> Int32 {
    let process = Process()
    process.executableURL = URL(fileURLWithPath: minisignProgram!)
    process.arguments = arguments
    process.currentDirectoryURL = URL(fileURLWithPath: folder.path)
    let stdin = Pipe()
    process.standardInput = stdin
    process.standardOutput = FileHandle.nullDevice
    process.standardError = FileHandle.nullDevice
    try process.run()
    try stdin.fileHandleForWriting.write(contentsOf: Data(input.utf8))
    try stdin.fileHandleForWriting.close()
    process.waitUntilExit()
    return process.terminationStatus
  }

  private func almanac(_ arguments: String...) throws -> Tool.Outcome { try Tool.run("almanac", arguments) }

  // The signature that stands in a bundle, as a file.
  private func extractSignature(_ path: String, to name: String) throws {
    let footer = Array(try contents(path).suffix(Footer.size))
    let length = footer.withBytes { Int($0.integer(at: 256, as: UInt32.self) ?? 0) }
    try Data(footer[260..<260 + length]).write(to: URL(fileURLWithPath: folder.file(name)))
  }

  @Test func minisignVerifiesWhatAlmanacSigned() throws {
    #expect(try almanac("keygen", "-W", "-o", folder.file("own")).status == 0)
    let signed = folder.file("signed.almanac")
    #expect(try almanac("sign", bundle, "-s", folder.file("own.key"), "-o", signed).status == 0)
    try extractSignature(signed, to: "d.minisig")
    #expect(try minisign("-Vm", "d", "-p", "own.pub") == 0)
    #expect(try minisign("-VHm", "d", "-p", "own.pub") == 0, "prehashed, as minisign demands with -H")
    try Data(try contents(descriptor).reversed()).write(to: URL(fileURLWithPath: descriptor))
    #expect(try minisign("-Vm", "d", "-p", "own.pub") != 0)
  }

  @Test(arguments: [false, true])
  func almanacVerifiesWhatMinisignSigned(isLegacy: Bool) throws {
    #expect(try minisign("-GW", "-p", "its.pub", "-s", "its.key") == 0)
    let status = isLegacy ? try minisign("-Slm", "d", "-s", "its.key") : try minisign("-Sm", "d", "-s", "its.key")
    #expect(status == 0)
    let signed = folder.file("signed.almanac")
    let attached = try almanac("sign", bundle, "--attach", folder.file("d.minisig"), "-o", signed)
    #expect(attached.status == 0, "\(attached.errors)")
    let verified = try almanac("verify", signed, "--public-key", folder.file("its.pub"))
    #expect(verified.status == 0, "\(verified.errors)")
    let line = try String(contentsOfFile: folder.file("its.pub"), encoding: .utf8).split(separator: "\n")[1]
    #expect(try almanac("verify", signed, "--public-key", String(line)).status == 0)
  }

  @Test func eitherUsesTheKeysOfTheOther() throws {
    #expect(try minisign("-GW", "-p", "its.pub", "-s", "its.key") == 0)
    let signed = folder.file("signed.almanac")
    let outcome = try almanac("sign", bundle, "-s", folder.file("its.key"), "-o", signed)
    #expect(outcome.status == 0, "\(outcome.errors)")
    #expect(try almanac("verify", signed, "--public-key", folder.file("its.pub")).status == 0)
    #expect(try almanac("keygen", "-W", "-o", folder.file("own")).status == 0)
    #expect(try minisign("-Sm", "d", "-s", "own.key") == 0)
    #expect(try minisign("-Vm", "d", "-p", "own.pub") == 0)
  }

  @Test func minisignDecryptsAKeyWithAPassphrase() throws {
    let key = try SecretKey()
    let light = KeyDerivation(operations: 32_768, memory: 16 << 20)
    try folder.write("own.key", try key.text(passphrase: Array("correct horse".utf8), derivation: light))
    try folder.write("own.pub", key.publicKey.text)
    #expect(try minisign("-Sm", "d", "-s", "own.key", input: "correct horse\n") == 0)
    #expect(try minisign("-Vm", "d", "-p", "own.pub") == 0)
  }
}
