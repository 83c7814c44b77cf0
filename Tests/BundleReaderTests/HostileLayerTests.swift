import BundleCompiler
import BundleFormat
import BundleReader
import Foundation
import TestSupport
import Testing

// Foundation has a Bundle too.
import class BundleReader.Bundle

/// Layers that say something wrong about their base, sealed so that every digest fits.
@Suite struct HostileLayerTests {
  private let folder: TemporaryFolder
  private let base: Bundle
  private let layerPath: String

  init() throws {
    folder = try TemporaryFolder()
    let faq = try FAQRecipe(0..<60)
    let path = try faq.compile("base", in: folder)
    base = try Bundle.open(path)
    var today = try FAQRecipe(60..<64)
    today.delete(faq.id(5))
    layerPath = try today.compile("today", in: folder, base: path)
  }

  private func forge(_ name: SectionName, _ change: (inout [UInt8], Int) -> Void) throws -> String {
    let good = try contents(layerPath)
    let layer = try Bundle.open(layerPath, isInspected: true)
    let place = try #require(try ForgedBundle.place(name, of: layer, in: good))
    let path = folder.file("forged.almanac")
    try ForgedBundle.write(good, to: path) { change(&$0, place) }
    return path
  }

  @Test(arguments: [0, 32, 36, 40]) func anotherRootOrCountIsRefused(_ offset: Int) throws {
    let path = try forge(.layerBase) { data, place in data[place + offset] ^= 1 }
    #expect(throws: BundleError.self) { try Bundle.open(path, over: base) }
  }

  @Test func recordsThatPointAnywhereNeverCrash() throws {
    var random = SeededRandom()
    for _ in 0..<120 {
      let section = [SectionName.questionRecords, .entryRecords, .layerReplaced, .indexQuestions, .exactTable]
        .randomElement(using: &random)!
      let path = try forge(section) { data, place in
        for _ in 0..<4 {
          data[place + Int.random(in: 0..<16, using: &random)] = [0, 1, 0x7F, 0x80, 0xFF].randomElement(using: &random)!
        }
      }
      guard let pair = try? Bundle.open(path, over: base) else { continue }
      for index in [0, 5, 61, 63] {
        _ = try? ask(pair, FAQRecipe(index..<index + 1).question(0))
        _ = try? ask(pair, "about " + FAQRecipe(index..<index + 1).question(0))
      }
      try? FileManager.default.removeItem(atPath: path)
    }
  }
}
