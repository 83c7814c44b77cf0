/// One part of a template.
public enum TemplatePart {
  /// Text that stands for itself.
  case text(Bytes)
  /// The value of a variable, or `standard` if there is none; without either the template cannot be filled.
  case slot(name: Bytes, standard: Bytes?)
  /// What follows up to its end is for requests with a value, or for those without.
  case section(name: Bytes, isInverted: Bool)
  /// The innermost section ends.
  case end(name: Bytes)
}

/// Why a text is no template.
public struct TemplateError: Error, Equatable, Sendable {
  public enum Problem: Sendable {
    /// `{{` without `}}`.
    case openTag
    /// A tag whose name is not 1 to 64 of the letters A to Z, digits, `_` and `-`.
    case badName
    /// `{{` in the text that a slot has for want of a value.
    case tagInStandard
    /// The end of a section that is not the innermost one.
    case strayEnd
    /// A section without end.
    case openSection
    /// More than 16 sections in one another.
    case tooDeep
  }

  public let problem: Problem
  /// The byte at which the tag begins, counted from 0.
  public let offset: Int
}

/// Walks the parts of a template: text with `{{name}}`, `{{name|default}}`, `{{#name}}…{{/name}}` and
/// `{{^name}}…{{/name}}`; `\{`, `\}` and `\\` stand for the second character.
///
/// What it gives up to its end is well formed: sections are nested and closed. O(length); the memory does not grow.
public struct TemplateScanner: ~Copyable {
  /// The longest name of a variable in bytes.
  public static let maximumName = 64
  /// The longest value of a variable in bytes.
  public static let maximumValue = 4_096
  /// The most sections in one another.
  public static let maximumDepth = 16

  private var template: Bytes
  private var offset = 0
  // Where the name of each open section begins, its length, and where its tag begins.
  private var names = FixedBuffer<UInt32>(capacity: 3 * Self.maximumDepth)

  /// The number of sections that are open behind the part given last.
  public private(set) var depth = 0

  public init() {
    let empty: StaticString = ""
    template = unsafe Bytes(start: empty.utf8Start, count: 0)
  }

  /// Begins another template, of at most 4 GiB, which must stay valid while it is walked.
  public mutating func begin(_ template: Bytes) {
    self.template = template
    offset = 0
    depth = 0
  }

  /// The next part, or `nil` at the end.
  public mutating func next() throws(TemplateError) -> TemplatePart? {
    guard offset < template.count else {
      guard depth == 0 else {
        throw TemplateError(problem: .openSection, offset: Int(names[3 * (depth - 1) + 2]))
      }
      return nil
    }
    if isTag(offset) { return try tag() }
    var start = offset
    var end = offset
    if isEscape(offset) {
      start += 1
      end += 2
    }
    while end < template.count, !isTag(end), !isEscape(end) { end += 1 }
    offset = end
    return .text(stretch(start, end))
  }

  private func isTag(_ place: Int) -> Bool {
    template[place] == UInt8(ascii: "{") && template[place + 1] == UInt8(ascii: "{")
  }

  private func isEscape(_ place: Int) -> Bool {
    guard template[place] == UInt8(ascii: "\\") else { return false }
    let next = template[place + 1]
    return next == UInt8(ascii: "{") || next == UInt8(ascii: "}") || next == UInt8(ascii: "\\")
  }

  private func stretch(_ start: Int, _ end: Int) -> Bytes {
    template.slice(start, end - start) ?? template
  }

  private mutating func tag() throws(TemplateError) -> TemplatePart {
    let start = offset
    var end = start + 2
    while template[end] != UInt8(ascii: "}") || template[end + 1] != UInt8(ascii: "}") {
      guard end < template.count else { throw TemplateError(problem: .openTag, offset: start) }
      end += 1
    }
    offset = end + 2
    switch template[start + 2] {
    case UInt8(ascii: "#"):
      return .section(name: try open(start, end), isInverted: false)
    case UInt8(ascii: "^"):
      return .section(name: try open(start, end), isInverted: true)
    case UInt8(ascii: "/"):
      let name = try name(start + 3, end, tag: start)
      let text = stretch(name.start, name.end)
      guard depth > 0, let opened = template.slice(Int(names[3 * depth - 3]), Int(names[3 * depth - 2])),
        opened.equals(text)
      else { throw TemplateError(problem: .strayEnd, offset: start) }
      depth -= 1
      return .end(name: text)
    default:
      var bar = start + 2
      while bar < end, template[bar] != UInt8(ascii: "|") { bar += 1 }
      let name = try name(start + 2, bar, tag: start)
      guard bar < end else { return .slot(name: stretch(name.start, name.end), standard: nil) }
      for place in bar..<end where isTag(place) { throw TemplateError(problem: .tagInStandard, offset: start) }
      return .slot(name: stretch(name.start, name.end), standard: stretch(bar + 1, end))
    }
  }

  // Opens the section whose tag lies between two places, and returns its name.
  private mutating func open(_ start: Int, _ end: Int) throws(TemplateError) -> Bytes {
    let name = try name(start + 3, end, tag: start)
    guard depth < Self.maximumDepth else { throw TemplateError(problem: .tooDeep, offset: start) }
    names[3 * depth] = UInt32(truncatingIfNeeded: name.start)
    names[3 * depth + 1] = UInt32(truncatingIfNeeded: name.end - name.start)
    names[3 * depth + 2] = UInt32(truncatingIfNeeded: start)
    depth += 1
    return stretch(name.start, name.end)
  }

  // Where the name between two places lies, without the spaces around it.
  private func name(_ first: Int, _ last: Int, tag: Int) throws(TemplateError) -> (start: Int, end: Int) {
    var start = first
    var end = last
    while start < end, template[start] == UInt8(ascii: " ") { start += 1 }
    while start < end, template[end - 1] == UInt8(ascii: " ") { end -= 1 }
    guard start < end, Self.isName(stretch(start, end)) else { throw TemplateError(problem: .badName, offset: tag) }
    return (start, end)
  }

  /// Whether a text can name a variable.
  public static func isName(_ text: Bytes) -> Bool {
    guard text.count > 0, text.count <= maximumName else { return false }
    for index in 0..<text.count {
      switch text[index] {
      case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
        UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "_"), UInt8(ascii: "-"):
        continue
      default: return false
      }
    }
    return true
  }
}
