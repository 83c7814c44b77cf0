import Foundation
import TestSupport
import Testing

@testable import BundleCompiler

/// Whatever a bundle does not fit into, the error says so, with the file and the room that is missing, and nothing changes.
@Suite struct FullDiskTests {
  private let folder: TemporaryFolder
  private let recipe: FAQRecipe

  init() throws {
    folder = try TemporaryFolder()
    recipe = try FAQRecipe(0..<20)
  }

  // A limit on the size of files stands in for a disk that is full: a test cannot fill one.
  private func limited(_ kilobytes: Int, _ arguments: [String]) throws -> Tool.Outcome {
    try Tool.run("almanac", arguments, fileLimit: kilobytes << 10)
  }

  @Test func aCompileThatMeetsALimitNamesItAndTheFile() throws {
    let output = try recipe.compile("b", in: folder)
    let before = try contents(output)
    let changed = try recipe.write("c", in: folder)
    for kilobytes in [4, 64, 200, before.count / 1024 - 1] {
      let outcome = try limited(kilobytes, ["compile", changed, "-o", output])
      #expect(outcome.status == 1, "\(kilobytes) KB")
      #expect(outcome.errors.contains(".b.almanac.partial: a file may have no more than"), "\(outcome.errors)")
      #expect(outcome.errors.contains("ulimit"))
      #expect(try contents(output) == before)
      #expect(!folder.names.contains { $0.hasSuffix(".partial") })
    }
  }

  @Test func signAndPatchMeetTheSameLimit() throws {
    let old = try recipe.compile("old", in: folder)
    var changed = recipe
    changed.rows[0]["answer"] = "Another answer."
    let new = try changed.compile("new", in: folder, previous: old)
    let patch = folder.file("p")
    #expect(try Tool.run("almanac", ["diff", old, new, "-o", patch]).status == 0)
    _ = try Tool.run("almanac", ["keygen", "-W", "-o", folder.file("k")])
    let before = try contents(old)
    for arguments in [["patch", old, patch, "-o", old], ["sign", old, "-s", folder.file("k.key")]] {
      let outcome = try limited(100, arguments)
      #expect(outcome.status == 1)
      #expect(outcome.errors.contains("a file may have no more than 102400 bytes"), "\(outcome.errors)")
      #expect(try contents(old) == before)
    }
    #expect(!folder.names.contains { $0.hasSuffix(".partial") })
  }

  @Test func theReaderAnswersOnWhenItsMissLogMayNotGrow() throws {
    let bundle = try recipe.compile("b", in: folder)
    let lines = (0..<400).map { #"{"query":"nothing that anybody has asked so far, number \#($0)"}"# }
    let outcome = try Tool.run(
      "almanac-reader", [bundle, "--miss-log", folder.file("misses.jsonl")],
      input: lines.joined(separator: "\n") + "\n",
      fileLimit: 8_192)
    #expect(outcome.status == 0)
    #expect(outcome.output.split(separator: "\n").count == 400)
    #expect(outcome.errors.contains("--miss-log"), "\(outcome.errors)")
  }

  @Test func aFullDiskIsNotCalledAnInputOutputError() throws {
    let path = try folder.write("file", "x")
    let full = WriteError.system("write to", path: path, code: ENOSPC, needed: 12_345).description
    #expect(full.contains("the disk is full") && full.contains("12345") && full.contains(path))
    let quota = WriteError.system("write to", path: path, code: EDQUOT).description
    #expect(quota.contains("quota"))
    // A write that succeeded in part, as liblmdb reports it: more was to be written than any disk has room for.
    let part = WriteError.system("write to", path: path, code: EIO, needed: Int.max).description
    #expect(part.contains("the disk is full"))
    let other = WriteError.system("write to", path: path, code: EIO, needed: 1).description
    #expect(other.contains("Input/output error"))
  }
}
