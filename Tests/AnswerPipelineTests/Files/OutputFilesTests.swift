import AnswerPipeline
import Foundation
import TestSupport
import Testing

/// Files appear whole and together, and no run leaves or meets the litter of another.
@Suite struct OutputFilesTests {
  @Test func whatAKilledRunLeftIsUsedAgain() throws {
    let folder = try TemporaryFolder()
    try folder.write(".plan.jsonl.part", "half of an earlier run, longer than what comes now")
    try folder.write("plan.jsonl", "old\n")
    let files = OutputFiles()
    try files.create(folder.file("plan.jsonl")).writeLine("new")
    #expect(try contents(folder.file("plan.jsonl")) == Array("old\n".utf8), "nothing before all is written")
    try files.publish()
    #expect(try contents(folder.file("plan.jsonl")) == Array("new\n".utf8))
    #expect(folder.names == ["plan.jsonl"])
  }

  @Test func withoutPublishNothingStays() throws {
    let folder = try TemporaryFolder()
    do {
      let files = OutputFiles()
      try files.create(folder.file("a")).writeLine("x")
      try files.create(folder.file("b")).writeLine("y")
    }
    #expect(folder.names.isEmpty)
  }

  @Test func twoRunsForOneTargetAreKeptApart() throws {
    let folder = try TemporaryFolder()
    let first = OutputFiles()
    try first.create(folder.file("a")).writeLine("first")
    do {
      let second = OutputFiles()
      #expect(throws: OutputError.self) { try second.create(folder.file("a")) }
    }
    try first.publish()
    #expect(try contents(folder.file("a")) == Array("first\n".utf8))
    let third = OutputFiles()
    try third.create(folder.file("a")).writeLine("third")
    try third.publish()
    #expect(try contents(folder.file("a")) == Array("third\n".utf8))
    #expect(folder.names == ["a"])
  }
}
