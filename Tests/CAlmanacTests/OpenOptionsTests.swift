import BundleCompiler
import BundleFormat
import BundleReader
import CAlmanac
import CAlmanacHeader
import Foundation
import Testing

// Foundation has a Bundle too.
import class BundleReader.Bundle

/// `almanac_open_with`: a bundle that is not signed as required, or too old, is neither opened nor reloaded.
@Suite struct OpenOptionsTests {
  private final class Folder {
    let url = FileManager.default.temporaryDirectory.appending(path: "almanac-open-\(UUID())")
    let key: SecretKey

    init() throws {
      key = try SecretKey()
      try FileManager.default.createDirectory(at: url, withIntermediateDirectories: true)
      for version in 1...3 {
        let entry = #"{"id":"hours","question":"When is the library open?","answer":"version \#(version)"}"#
        try Data((entry + "\n").utf8).write(to: url.appending(path: "entries.jsonl"))
        let recipe = "name: hours\nversion: \(version)\nentries: entries.jsonl\n"
        try Data(recipe.utf8).write(to: url.appending(path: "recipe.yaml"))
        _ = try Compiler(.init(output: path("plain\(version)"))).compile(
          recipe: url.appending(path: "recipe.yaml").path)
        let footer = try Bundle.open(path("plain\(version)")).footer
        let signature = key.signature(of: footer.descriptor, trustedComment: "version \(version)")
        try BundleSigner.attach(
          Array(signature.utf8), to: path("plain\(version)"), descriptor: footer.descriptor,
          output: path("signed\(version)"), key: key.publicKey)
      }
    }

    deinit { try? FileManager.default.removeItem(at: url) }

    func path(_ name: String) -> String { url.appending(path: name + ".almanac").path }
  }

  /// Opens and calls `body` with the status, the detail and the handle, which is closed afterwards.
  private static func open(
    _ path: String, key: String? = nil, version: UInt64 = 0, size: Int = MemoryLayout<almanac_open_options>.size,
    mode: almanac_open_mode = ALMANAC_OPEN_LAZY, body: (OpaquePointer) -> Void = { _ in }
  ) -> (status: almanac_status, detail: UInt64) {
    var options = almanac_open_options()
    options.size = size
    options.mode = mode
    options.minimum_version = version
    var bundle: OpaquePointer?
    var detail: UInt64 = 99
    let status = path.withCString { path in
      options.path = path
      guard var key else { return almanac_open_with(&options, &bundle, &detail) }
      return key.withUTF8 { bytes in
        bytes.withMemoryRebound(to: CChar.self) { characters in
          options.public_key = characters.baseAddress
          options.public_key_length = characters.count
          return almanac_open_with(&options, &bundle, &detail)
        }
      }
    }
    #expect((bundle != nil) == (status == ALMANAC_OK))
    if let bundle { body(bundle) }
    almanac_close(bundle)
    return (status, detail)
  }

  private static func reload(_ bundle: OpaquePointer, _ path: String) -> almanac_status {
    almanac_reload(bundle, path, ALMANAC_OPEN_HOT, nil)
  }

  private static func version(_ bundle: OpaquePointer) -> UInt64 {
    var properties = almanac_properties()
    properties.size = MemoryLayout<almanac_properties>.size
    #expect(almanac_describe(bundle, &properties) == ALMANAC_OK)
    return properties.version
  }

  @Test func onlyWhatTheKeySignedIsOpened() throws {
    let folder = try Folder()
    let key = folder.key.publicKey
    #expect(Self.open(folder.path("signed1"), key: key.base64).status == ALMANAC_OK)
    #expect(Self.open(folder.path("signed1"), key: key.text).status == ALMANAC_OK)
    #expect(Self.open(folder.path("signed1")).status == ALMANAC_OK)
    #expect(Self.open(folder.path("plain1")).status == ALMANAC_OK)
    #expect(Self.open(folder.path("plain1"), key: key.base64) == (ALMANAC_UNSIGNED, 0))
    let other = try SecretKey().publicKey.base64
    let foreign = Self.open(folder.path("signed1"), key: other)
    #expect(foreign == (ALMANAC_WRONG_SIGNATURE, key.identifier))
    #expect(Self.open(folder.path("signed1"), version: 2) == (ALMANAC_OLD_VERSION, 1))
    for mode in [ALMANAC_OPEN_HOT, ALMANAC_OPEN_ALL, ALMANAC_OPEN_COPY] {
      #expect(Self.open(folder.path("signed1"), key: key.base64, version: 1, mode: mode).status == ALMANAC_OK)
      #expect(Self.open(folder.path("plain1"), key: key.base64, mode: mode).status == ALMANAC_UNSIGNED)
    }
  }

  @Test func whatIsNoKeyIsAMistakeInTheProgram() throws {
    let folder = try Folder()
    let path = folder.path("signed1")
    for key in ["RW", "no key", folder.key.publicKey.base64 + "x", "\0"] {
      #expect(Self.open(path, key: key).status == ALMANAC_INVALID_ARGUMENT)
    }
    #expect(Self.open(path, size: 0).status == ALMANAC_INVALID_ARGUMENT)
    #expect(Self.open(path, size: 40).status == ALMANAC_INVALID_ARGUMENT)
    var bundle: OpaquePointer?
    #expect(almanac_open_with(nil, &bundle, nil) == ALMANAC_INVALID_ARGUMENT)
  }

  @Test func aReloadMustShowTheSameAndNeverGoesBack() throws {
    let folder = try Folder()
    let key = folder.key.publicKey.base64
    let opened = Self.open(folder.path("signed2"), key: key) { bundle in
      #expect(Self.reload(bundle, folder.path("plain3")) == ALMANAC_UNSIGNED)
      #expect(Self.reload(bundle, folder.path("signed1")) == ALMANAC_OLD_VERSION)
      #expect(Self.version(bundle) == 2, "the old bundle goes on serving")
      #expect(Self.reload(bundle, folder.path("signed2")) == ALMANAC_OK, "the same version may come again")
      #expect(Self.reload(bundle, folder.path("signed3")) == ALMANAC_OK)
      #expect(Self.reload(bundle, folder.path("signed2")) == ALMANAC_OLD_VERSION)
      #expect(Self.version(bundle) == 3)
      var statistics = almanac_statistics()
      statistics.size = MemoryLayout<almanac_statistics>.size
      #expect(almanac_stats(bundle, &statistics) == ALMANAC_OK)
      #expect((statistics.reloads, statistics.failed_reloads) == (2, 3))
    }
    #expect(opened.status == ALMANAC_OK)
  }

  @Test func withoutRequirementsAReloadMayGoBack() throws {
    let folder = try Folder()
    let opened = Self.open(folder.path("plain3")) { bundle in
      #expect(Self.reload(bundle, folder.path("plain1")) == ALMANAC_OK)
      #expect(Self.version(bundle) == 1)
    }
    #expect(opened.status == ALMANAC_OK)
  }

  @Test func ofManyReloadsAtOnceTheNewestStays() async throws {
    let folder = try Folder()
    var options = almanac_open_options()
    options.size = MemoryLayout<almanac_open_options>.size
    options.minimum_version = 1
    var opened: OpaquePointer?
    folder.path("signed1").withCString {
      options.path = $0
      #expect(almanac_open_with(&options, &opened, nil) == ALMANAC_OK)
    }
    let bundle = try #require(opened)
    defer { almanac_close(bundle) }
    let address = UInt(bitPattern: bundle)
    await withTaskGroup(of: Void.self) { group in
      for number in 0..<60 {
        let path = folder.path("signed\(number % 3 + 1)")
        group.addTask { _ = Self.reload(OpaquePointer(bitPattern: address)!, path) }
      }
    }
    #expect(Self.version(bundle) == 3)
  }
}
