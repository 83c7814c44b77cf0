import BundleFormat
import CKernels

/// Parsers that need no file.
enum FormatFuzzing {
  // MARK: Footer

  static func footer(_ input: [UInt8]) {
    var bytes = Array(input.prefix(4064))
    bytes.pad(to: 4064)
    // With a digest that fits, what lies behind it is reached.
    bytes += bytes.withBytes { Digest(of: $0, for: .footer) }.encoded
    let stated = bytes.withBytes { bytes in
      (bytes.integer(at: 16, as: UInt64.self) ?? 0) &+ (bytes.integer(at: 24, as: UInt64.self) ?? 0) &+ 4096
    }
    for length in [stated, UInt64(input.count)] {
      guard let footer = try? bytes.withBytes({ bytes throws(BundleError) in try Footer(bytes, fileLength: length) })
      else {
        continue
      }
      require(length == stated, "a footer fits one length only")
      require(footer.dataLength > 0 && footer.dataLength % 4096 == 0, "data of whole chunks")
      let again = footer.encoded
      require(again.prefix(256).elementsEqual(bytes.prefix(256)), "the descriptor is kept byte for byte")
      let second = try? again.withBytes { bytes throws(BundleError) in try Footer(bytes, fileLength: length) }
      require(second == footer, "a footer reads back as it was written")
    }
  }

  // MARK: Judge, rules, lexicon

  nonisolated(unsafe) private static let kernels = almanac_kernels_choose(ALMANAC_KERNELS_PORTABLE)!
  nonisolated(unsafe) private static let fastest = almanac_kernels_choose(ALMANAC_KERNELS_AUTO)!

  static func judge(_ input: [UInt8]) {
    let evidence = FixedBuffer<Int32>(capacity: Evidence.count)
    for index in 0..<Evidence.count {
      let value: Int32? = input.withBytes { $0.integer(at: 4 * index) }
      unsafe evidence.unsafeStart[index] = value ?? 0
    }
    let section = Array(input.dropFirst(4 * Evidence.count))
    guard let model = section.withBytes({ JudgeModel($0) }) else { return }
    require(model.bytes == section, "a judge keeps its bytes")
    let score = unsafe model.score(evidence, first: 0, kernels: kernels)
    require(abs(score) <= Int64(JudgeModel.maximumTrees) * Int64(JudgeModel.maximumLeaf), "scores are bounded")
    let other = unsafe model.score(evidence, first: 0, kernels: fastest)
    require(score == other, "kernels agree")
    require(score == walked(section, evidence), "a score is the sum of the leaves that are reached")
  }

  // As the format description says it.
  private static func walked(_ section: [UInt8], _ evidence: borrowing FixedBuffer<Int32>) -> Int64 {
    section.withBytes { section in
      var sum: Int64 = 0
      for tree in 0..<(section.count - 16) / 144 {
        let start = 16 + 144 * tree
        var node = 0
        while node < 15 {
          let threshold: Int32 = section.integer(at: start + 4 * node) ?? 0
          node = 2 * node + (evidence[Int(section[start + 60 + node])] <= threshold ? 1 : 2)
        }
        sum += Int64(section.integer(at: start + 76 + 4 * (node - 15), as: Int32.self) ?? 0)
      }
      return sum
    }
  }

  static func rules(_ input: [UInt8]) {
    let text = normal(Array(input.prefix(64)))
    let bytes = Array(input.dropFirst(64))
    bytes.withBytes { bytes in
      guard let table = RuleTable(bytes) else { return }
      require(!RuleTable.isUnknown(bytes), "rules of an unknown kind are not read")
      var first = RuleMatcher(capacity: 3 * 4096)
      var second = RuleMatcher(capacity: 3 * 4096)
      text.withBytes { text in
        second.match(text, table)
        for _ in 0..<2 {
          first.match(text, table)
          require(
            first.core.equals(second.core) && first.classes == second.classes,
            "a matcher keeps nothing of the last text")
          require(first.core.count <= text.count, "courtesy is only taken away")
          for index in 0..<first.cutCount {
            require(first.cut(index).upperBound <= text.count, "a cut lies in the text")
          }
        }
      }
    }
  }

  static func lexicon(_ input: [UInt8]) {
    let text = normal(Array(input.prefix(64)))
    let bytes = Array(input.dropFirst(64))
    bytes.withBytes { bytes in
      guard let lexicon = MarkLexicon(bytes) else { return }
      var scanner = MarkScanner()
      text.withBytes { text in
        let first = scanner.scan(text, with: lexicon).copied
        let second = scanner.scan(text, with: lexicon).copied
        require(first == second, "a scanner keeps nothing of the last text")
        require(first.count <= QuestionMarks.maximumSize, "marks are bounded")
      }
    }
  }

  // MARK: Texts

  private static func normal(_ text: [UInt8]) -> [UInt8] {
    var normalizer = TextNormalizer(maximumInput: 4096)
    return text.withBytes { text in
      (try? normalizer.normalize(text)).map { length in normalizer.output.slice(0, length)?.copied ?? [] } ?? []
    }
  }

  static func text(_ input: [UInt8]) {
    var normalizer = TextNormalizer(maximumInput: 4096)
    let isText = String(validating: input, as: UTF8.self) != nil
    let form: [UInt8]
    do throws(NormalizationError) {
      let length = try input.withBytes { bytes throws(NormalizationError) in try normalizer.normalize(bytes) }
      form = normalizer.output.slice(0, length)?.copied ?? []
    } catch {
      switch error {
      case .tooLong: require(input.count > 4096, "only what is too long is too long")
      case .invalidUTF8(let offset):
        require(!isText, "what Swift takes as UTF-8 is UTF-8")
        require(String(validating: input.prefix(offset), as: UTF8.self) != nil, "all before the wrong byte is right")
      }
      return
    }
    require(isText, "what is no UTF-8 is refused")
    require(form.count <= 3 * input.count, "a normal form has at most three times the bytes")
    require(String(validating: form, as: UTF8.self) != nil, "a normal form is UTF-8")
    if form.count <= 4096 { require(normal(form) == form, "the normal form of a normal form is itself") }
    words(form)
  }

  private static func words(_ form: [UInt8]) {
    var scanner = WordScanner()
    form.withBytes { form in
      scanner.begin(form)
      var end = 0
      while let word = scanner.next() {
        require(word.start >= end && word.length > 0, "words follow one another")
        end = word.start + word.length
        require(end <= form.count, "a word lies in the text")
        require(word.bytes.count <= WordScanner.longestWord, "a word is cut")
        require(String(validating: word.bytes.copied, as: UTF8.self) != nil, "a word is cut between scalars")
      }
    }
  }
}
