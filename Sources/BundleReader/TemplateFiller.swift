import BundleFormat

/// Fills templates with the values of a request's variables. Owns the filled text and its working memory.
///
/// Values are data: what looks like a tag in one stays as it is. O(length of template and text, times the number of
/// variables).
public struct TemplateFiller: ~Copyable {
  /// What became of a template.
  public enum Result: Sendable {
    /// It is filled.
    case filled
    /// A slot without a default has no value, or nothing but white space is left. `missing` names the variable.
    case missing
    /// The text would be longer than the limit.
    case tooLong
  }

  private var scanner = TemplateScanner()
  // Most bundles have no templates, so that memory comes with the first of them.
  private var output = FixedBuffer<UInt8>(capacity: 0)
  private var length = 0
  private var missingName = FixedBuffer<UInt8>(capacity: TemplateScanner.maximumName)
  private var missingLength = 0

  public init() {}

  /// The last filled text; empty if there is none. Valid until the next is filled.
  public var text: Bytes { output.bytes(length) }

  /// The variable for want of which the last template was not filled; empty if it was, or if all that it needs were given.
  /// Valid until the next is filled.
  public var missing: Bytes { missingName.bytes(missingLength) }

  /// Forgets the last text.
  public mutating func clear() {
    length = 0
    missingLength = 0
  }

  /// Fills `template` from `variables`, pairs laid out like a scope (`ScopeText`), into `text` of at most `limit` bytes.
  ///
  /// A section counts as having a value if its variable is given and neither empty nor `false`.
  ///
  /// - Throws: `TemplateError` if it is no template.
  public mutating func fill(_ template: Bytes, _ variables: Bytes?, limit: Int) throws(TemplateError) -> Result {
    clear()
    scanner.begin(template)
    var lacking: Bytes?
    var hiddenDepth: Int?
    while let part = try scanner.next() {
      // What is hidden is walked all the same: it must be well formed, and its end must be found.
      if let depth = hiddenDepth {
        if scanner.depth < depth { hiddenDepth = nil }
        continue
      }
      switch part {
      case .text(let text):
        guard append(text, limit) else { return .tooLong }
      case .slot(let name, let standard):
        guard let value = Self.value(of: name, variables) ?? standard else { return lack(name) }
        guard append(value, limit) else { return .tooLong }
      case .section(let name, let isInverted):
        let value = Self.value(of: name, variables)
        if value == nil, lacking == nil { lacking = name }
        let isOn = value.map { $0.count > 0 && !$0.equals("false") } ?? false
        if isOn == isInverted { hiddenDepth = scanner.depth }
      case .end: continue
      }
    }
    for index in 0..<length where output[index] > UInt8(ascii: " ") { return .filled }
    return lack(lacking)
  }

  private mutating func lack(_ name: Bytes?) -> Result {
    clear()
    if let name {
      for index in 0..<min(name.count, missingName.capacity) { missingName[index] = name[index] }
      missingLength = name.count
    }
    return .missing
  }

  private static func value(of name: Bytes, _ variables: Bytes?) -> Bytes? {
    guard let variables else { return nil }
    var offset = 0
    while let pair = ScopeText.next(variables, &offset) {
      if pair.key.equals(name) { return pair.value }
    }
    return nil
  }

  private mutating func append(_ added: Bytes, _ limit: Int) -> Bool {
    guard added.count <= limit - length else {
      clear()
      return false
    }
    if added.count > output.capacity - length {
      var larger = FixedBuffer<UInt8>(capacity: min(max(16_384, 2 * (length + added.count)), limit))
      larger.copy(output)
      output = larger
    }
    unsafe UnsafeMutableRawPointer(output.unsafeStart + length)
      .copyMemory(from: added.unsafeStart, byteCount: added.count)
    length += added.count
    return true
  }
}
