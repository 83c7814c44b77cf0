import Foundation
import TestSupport
import Testing

/// Every input of `tools/fuzz/corpus`, those that once broke something among them, is taken without an end and keeps all promises.
///
/// One after the other, since targets share the files that they change: libFuzzer runs each in a process of its own.
@Suite(.serialized) struct FuzzCorpusTests {
  @Test(arguments: FuzzTarget.allCases)
  func everyInputOfTheCorpusIsTaken(target: FuzzTarget) throws {
    let folder = Repository.path("tools/fuzz/corpus/\(target.rawValue)")
    let names = try FileManager.default.contentsOfDirectory(atPath: folder).sorted()
    #expect(!names.isEmpty)
    for name in names { target.take(try contents("\(folder)/\(name)")) }
    target.take([])
    var random = SeededRandom()
    for _ in 0..<20 {
      target.take((0..<Int.random(in: 0...300, using: &random)).map { _ in UInt8.random(in: 0...255, using: &random) })
    }
  }
}
