/// One prompt of `questions/prompts`: a name and the template that a request by that name fills to become its question.
///
/// Laid out as the length of the name, one byte; the length of the template, two bytes; the name; the template.
public struct PromptRecord {
  /// The longest template in bytes: no longer question would be answered.
  public static let maximumTemplate = 4_096
  /// The most prompts of a bundle.
  public static let maximumCount = 128
  /// The most bytes of the section.
  public static let maximumSection = maximumCount * (3 + TemplateScanner.maximumName + maximumTemplate)

  /// The name, as `TemplateScanner.isName` has it.
  public let name: Bytes
  public let template: Bytes

  /// Reads the record at `offset`, which moves behind it; `nil` if there is none or it is malformed.
  public init?(_ bytes: Bytes, _ offset: inout Int) {
    guard let length: UInt16 = bytes.integer(at: offset + 1),
      let name = bytes.slice(offset + 3, Int(bytes[offset])), TemplateScanner.isName(name),
      let template = bytes.slice(offset + 3 + name.count, Int(length)), template.count <= Self.maximumTemplate
    else { return nil }
    self.name = name
    self.template = template
    offset += 3 + name.count + template.count
  }

  /// The bytes of a record. The lengths must be within the limits.
  public static func encoded(name: [UInt8], template: [UInt8]) -> [UInt8] {
    var bytes = [UInt8(name.count)]
    bytes.append(littleEndian: UInt16(template.count))
    return bytes + name + template
  }
}
