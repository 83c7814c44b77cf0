import BundleFormat
import CKernels

/// One step by which a tokeniser changes a text before it splits it.
enum NormalizerStep {
  case bert(cleans: Bool, splitsIdeographs: Bool, stripsAccents: Bool, lowercases: Bool)
  case charsmap(PrecompiledCharsmap)
  case lowercase
  case decompose
  case stripAccents
  case replace(String, with: String)
  case prepend(String)
  /// A step that changes nothing in a single word: what it does to white space.
  case none

  func apply(_ text: String) -> String {
    switch self {
    case .bert(let cleans, let splitsIdeographs, let stripsAccents, let lowercases):
      var result = ""
      for scalar in text.unicodeScalars {
        if cleans, scalar.value == 0 || scalar.value == 0xFFFD || scalar.isControl { continue }
        if cleans, scalar.properties.isWhitespace {
          result += " "
        } else if splitsIdeographs, scalar.isBertIdeograph {
          result += " \(scalar) "
        } else {
          result.unicodeScalars.append(scalar)
        }
      }
      if stripsAccents { result = Self.stripAccents.apply(Self.decompose.apply(result)) }
      return lowercases ? result.lowercased() : result
    case .charsmap(let map): return map.normalize(text)
    case .lowercase: return text.lowercased()
    case .decompose:
      var scalars = String.UnicodeScalarView()
      for scalar in text.unicodeScalars { scalars.append(contentsOf: scalar.decomposed) }
      return String(scalars)
    case .stripAccents:
      var scalars = String.UnicodeScalarView()
      scalars.append(contentsOf: text.unicodeScalars.filter { $0.properties.generalCategory != .nonspacingMark })
      return String(scalars)
    case .replace(let pattern, let replacement):
      return String(
        decoding: Self.replace(Array(pattern.utf8), Array(replacement.utf8), in: Array(text.utf8)), as: UTF8.self)
    case .prepend(let prefix): return text.isEmpty ? text : prefix + text
    case .none: return text
    }
  }

  private static func replace(_ pattern: [UInt8], _ replacement: [UInt8], in text: [UInt8]) -> [UInt8] {
    guard !pattern.isEmpty else { return text }
    var result: [UInt8] = []
    var place = 0
    while place < text.count {
      if text[place...].starts(with: pattern) {
        result += replacement
        place += pattern.count
      } else {
        result.append(text[place])
        place += 1
      }
    }
    return result
  }
}

/// One step by which a tokeniser splits a text into words.
enum SplitStep {
  /// At white space, and each punctuation mark by itself.
  case bert
  /// At white space.
  case whiteSpace
  /// Runs of word characters, and runs of what is neither that nor white space.
  case wordRuns
  /// Each punctuation mark by itself.
  case punctuation
  /// Spaces become the mark, which also goes before the text; with `splits` a word begins at each mark.
  case metaspace(mark: String, prepends: Bool, splits: Bool)

  func apply(_ text: String) -> [String] {
    switch self {
    case .bert: return Self.whiteSpace.apply(text).flatMap { Self.punctuation.apply($0) }
    case .whiteSpace: return Self.split(text) { $0.properties.isWhitespace ? nil : 0 }
    case .wordRuns: return Self.split(text) { $0.properties.isWhitespace ? nil : $0.isWordCharacter ? 1 : 2 }
    case .punctuation:
      var number = 1
      return Self.split(text) { scalar in
        guard scalar.isBertPunctuation else { return 0 }
        number += 1
        return number
      }
    case .metaspace(let mark, let prepends, let splits):
      let marked = text.split(separator: " ", omittingEmptySubsequences: false).joined(separator: mark)
      let whole = prepends && !marked.hasPrefix(mark) ? mark + marked : marked
      guard splits else { return [whole] }
      var words: [String] = []
      for character in whole.unicodeScalars {
        if words.isEmpty || String(character) == mark { words.append("") }
        words[words.count - 1].unicodeScalars.append(character)
      }
      return words
    }
  }

  /// The longest runs of scalars of one class; scalars without a class are left out.
  private static func split(_ text: String, by classOf: (Unicode.Scalar) -> Int?) -> [String] {
    var words: [String] = []
    var current: Int?
    for scalar in text.unicodeScalars {
      let own = classOf(scalar)
      if let own {
        if own != current { words.append("") }
        words[words.count - 1].unicodeScalars.append(scalar)
      }
      current = own
    }
    return words
  }
}

extension Unicode.Scalar {
  fileprivate var isControl: Bool {
    guard value != 0x09, value != 0x0A, value != 0x0D else { return false }
    switch properties.generalCategory {
    case .control, .format, .unassigned, .privateUse: return true
    default: return false
    }
  }

  fileprivate var isBertPunctuation: Bool {
    switch value {
    case 0x21...0x2F, 0x3A...0x40, 0x5B...0x60, 0x7B...0x7E: return true
    default: break
    }
    switch properties.generalCategory {
    case .connectorPunctuation, .dashPunctuation, .openPunctuation, .closePunctuation, .initialPunctuation,
      .finalPunctuation, .otherPunctuation:
      return true
    default: return false
    }
  }

  fileprivate var isBertIdeograph: Bool {
    switch value {
    case 0x4E00...0x9FFF, 0x3400...0x4DBF, 0x2_0000...0x2_A6DF, 0x2_A700...0x2_B73F, 0x2_B740...0x2_B81F,
      0x2_B920...0x2_CEAF, 0xF900...0xFAFF, 0x2_F800...0x2_FA1F:
      true
    default: false
    }
  }

  fileprivate var isWordCharacter: Bool {
    if properties.isAlphabetic || value == 0x5F || properties.isJoinControl { return true }
    switch properties.generalCategory {
    case .nonspacingMark, .enclosingMark, .spacingMark, .decimalNumber, .connectorPunctuation: return true
    default: return false
    }
  }

  /// The scalar's full canonical decomposition, from the pinned tables; marks keep the order of the table.
  fileprivate var decomposed: [Unicode.Scalar] {
    if value >= 0xAC00, value < 0xAC00 + 11_172 {
      let index = value - 0xAC00
      let parts = [0x1100 + index / 588, 0x1161 + index % 588 / 28] + (index % 28 > 0 ? [0x11A7 + index % 28] : [])
      return parts.compactMap { Unicode.Scalar($0) }
    }
    let found = unicode_decomposition(value)
    guard found > 0 else { return [self] }
    return (0..<(found & 7)).compactMap { Unicode.Scalar(unicode_decomposition_scalar(found / 8 + $0)) }
  }
}
