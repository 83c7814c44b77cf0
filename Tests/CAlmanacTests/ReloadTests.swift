import BundleCompiler
import CAlmanac
import CAlmanacHeader
import Foundation
import Testing

/// Bundles that change under C sessions. Tests/CAlmanacTests/swap.c does the same with threads.
@Suite struct ReloadTests {
  /// A folder with bundles of versions 1 and 2, made once.
  private static let folder = Result { try makeBundles() }

  private static func makeBundles() throws -> URL {
    let folder = FileManager.default.temporaryDirectory.appending(path: "almanac-reload-\(UUID())")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    for version in 1...2 {
      let entry = #"{"id":"hours","question":"When is the library open?","answer":"version \#(version)"}"#
      try Data((entry + "\n").utf8).write(to: folder.appending(path: "\(version).jsonl"))
      let recipe = "name: hours\nversion: \(version)\nentries: \(version).jsonl\n"
      try Data(recipe.utf8).write(to: folder.appending(path: "\(version).yaml"))
      _ = try Compiler(.init(output: folder.appending(path: "\(version).almanac").path))
        .compile(recipe: folder.appending(path: "\(version).yaml").path)
    }
    return folder
  }

  /// An open bundle at a path of its own, with one session.
  private final class Host {
    let path: URL
    let bundle: OpaquePointer
    let session: OpaquePointer

    init() throws {
      let folder = try ReloadTests.folder.get()
      path = folder.appending(path: "\(UUID()).almanac")
      try FileManager.default.copyItem(at: folder.appending(path: "1.almanac"), to: path)
      var opened: OpaquePointer?
      #expect(almanac_open(path.path, ALMANAC_OPEN_LAZY, &opened, nil) == ALMANAC_OK)
      bundle = try #require(opened)
      var made: OpaquePointer?
      #expect(almanac_session_new(bundle, &made) == ALMANAC_OK)
      session = try #require(made)
    }

    deinit {
      almanac_session_free(session)
      almanac_close(bundle)
    }

    /// Renames a file with these contents over the bundle's.
    func put(_ contents: Data) throws {
      let new = path.appendingPathExtension("new")
      try contents.write(to: new)
      #expect(rename(new.path, path.path) == 0)
    }

    func put(version: Int) throws {
      try put(Data(contentsOf: ReloadTests.folder.get().appending(path: "\(version).almanac")))
    }

    /// The answer to the one stored question, and the version of the bundle that gave it.
    func ask() -> (answer: String, version: UInt64) {
      var request = almanac_request()
      request.size = MemoryLayout<almanac_request>.size
      var result = almanac_result()
      result.size = MemoryLayout<almanac_result>.size
      let question: StaticString = "when is the library open"
      request.text = UnsafeRawPointer(question.utf8Start).assumingMemoryBound(to: CChar.self)
      request.text_length = question.utf8CodeUnitCount
      #expect(almanac_query(session, &request, &result) == ALMANAC_OK)
      #expect(result.nanoseconds > 0)
      let answer = UnsafeRawBufferPointer(start: result.answer.start, count: result.answer.length)
      return (String(decoding: answer, as: UTF8.self), result.bundle_version)
    }

    var statistics: almanac_statistics {
      var statistics = almanac_statistics()
      statistics.size = MemoryLayout<almanac_statistics>.size
      #expect(almanac_stats(bundle, &statistics) == ALMANAC_OK)
      return statistics
    }

    /// How often the process has mapped the bundle's path, replaced files included.
    var mappings: Int {
      get throws {
        try String(contentsOfFile: "/proc/self/maps", encoding: .utf8).split(separator: "\n")
          .count { $0.contains(path.lastPathComponent) }
      }
    }
  }

  @Test(arguments: [ALMANAC_OPEN_LAZY, ALMANAC_OPEN_HOT, ALMANAC_OPEN_ALL, ALMANAC_OPEN_COPY])
  func sessionsTurnToTheNewBundle(mode: almanac_open_mode) throws {
    let host = try Host()
    #expect(host.ask() == ("version 1", 1))
    #expect(almanac_replaced(host.bundle) == 0)
    try host.put(version: 2)
    #expect(almanac_replaced(host.bundle) == 1)
    #expect(host.ask() == ("version 1", 1), "nothing changes before the reload")
    #expect(almanac_reload(host.bundle, nil, mode, nil) == ALMANAC_OK)
    #expect(almanac_replaced(host.bundle) == 0)
    #expect(host.ask() == ("version 2", 2))
    #expect(host.statistics.reloads == 1)
    #expect(host.statistics.exact_hits == 3)
    #expect(host.statistics.bundle_version == 2)
  }

  /// A session that nobody asks must not keep gigabytes mapped.
  @Test func theOldBundleIsUnmappedThoughAnIdleSessionKnewIt() throws {
    let host = try Host()
    #expect(host.ask().version == 1)
    try host.put(version: 2)
    #expect(almanac_reload(host.bundle, nil, ALMANAC_OPEN_LAZY, nil) == ALMANAC_OK)
    #expect(try host.mappings == 1)
    #expect(host.ask().version == 2)
  }

  @Test func aRefusedBundleChangesNothing() throws {
    let host = try Host()
    try host.put(Data(repeating: 7, count: 100_000))
    #expect(almanac_replaced(host.bundle) == 1)
    #expect(almanac_reload(host.bundle, nil, ALMANAC_OPEN_HOT, nil) == ALMANAC_NOT_A_BUNDLE)
    #expect(almanac_replaced(host.bundle) == 0, "it is not tried twice")
    #expect(host.ask() == ("version 1", 1))
    var detail: UInt64 = 0
    #expect(almanac_reload(host.bundle, "/nowhere/x", ALMANAC_OPEN_HOT, &detail) == ALMANAC_CANNOT_OPEN)
    #expect(detail == UInt64(ENOENT))
    try FileManager.default.removeItem(at: host.path)
    #expect(almanac_replaced(host.bundle) == 0, "a file that is gone is no other file")
    #expect(host.ask() == ("version 1", 1))
    #expect(host.statistics.failed_reloads == 2)
    try host.put(version: 2)
    #expect(almanac_replaced(host.bundle) == 1)
  }

  @Test func anotherPathMayTakeOver() throws {
    let host = try Host()
    let other = try Self.folder.get().appending(path: "2.almanac").path
    #expect(almanac_reload(host.bundle, other, ALMANAC_OPEN_HOT, nil) == ALMANAC_OK)
    #expect(host.ask().version == 2)
    try host.put(version: 2)
    #expect(almanac_replaced(host.bundle) == 0, "the path before does not count any more")
  }

  @Test func theBundleMayBeClosedBeforeItsSessions() throws {
    let folder = try Self.folder.get()
    var bundle: OpaquePointer?
    #expect(almanac_open(folder.appending(path: "1.almanac").path, ALMANAC_OPEN_HOT, &bundle, nil) == ALMANAC_OK)
    var session: OpaquePointer?
    #expect(almanac_session_new(bundle, &session) == ALMANAC_OK)
    #expect(almanac_reload(bundle, folder.appending(path: "2.almanac").path, ALMANAC_OPEN_HOT, nil) == ALMANAC_OK)
    almanac_close(bundle)
    var request = almanac_request()
    request.size = MemoryLayout<almanac_request>.size
    var result = almanac_result()
    result.size = MemoryLayout<almanac_result>.size
    #expect(almanac_query(session, &request, &result) == ALMANAC_NOTHING_ASKED)
    almanac_session_free(session)
  }

  @Test func refusesWrongArguments() {
    #expect(almanac_reload(nil, nil, ALMANAC_OPEN_HOT, nil) == ALMANAC_INVALID_ARGUMENT)
    #expect(almanac_replaced(nil) == 0)
    var statistics = almanac_statistics()
    #expect(almanac_stats(nil, &statistics) == ALMANAC_INVALID_ARGUMENT)
  }
}
