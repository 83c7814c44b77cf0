import ArgumentParser
import BundleCompiler
import BundleFormat

/// Gives the vectors of questions to benchmarks; `tools/bench/plan` reads them.
struct VectorsCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "vectors",
    abstract: "Write the vectors that the compiler's own table gives to questions.",
    discussion: "Reads a question a line and writes its int8 components a line, as two hexadecimal digits each.",
    shouldDisplay: false)

  func run() throws {
    try refusing {
      var forms: [[UInt8]] = []
      var normalizer = TextNormalizer(maximumInput: 65_536)
      while let line = readLine() {
        _ = try Array(line.utf8).withBytes { try normalizer.normalize($0) }
        forms.append(normalizer.output.copied)
      }
      let vectors = try PriorEncoder().vectors(of: forms)
      let digits = Array("0123456789abcdef".utf8)
      for index in forms.indices {
        let bytes = vectors.components(index).flatMap {
          [digits[Int(UInt8(bitPattern: $0) >> 4)], digits[Int($0 & 15)]]
        }
        print(String(decoding: bytes, as: UTF8.self))
      }
    }
  }
}
