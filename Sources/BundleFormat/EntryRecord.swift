/// One record of `entries/records`: 64 bytes.
public struct EntryRecord: Equatable, Sendable {
  /// The size of a record in bytes.
  public static let size = 64
  /// The value of `route` that means none.
  public static let noRoute: UInt16 = 0xFFFF
  /// Set in `flags` if the entry answers only queries that equal one of its questions.
  public static let exactOnly: UInt32 = 1
  /// Set in `flags` if the answer is a template (`TemplateScanner`), to be filled from the request's variables.
  public static let template: UInt32 = 2
  /// The lowest of the bits of `flags` that say which classes of `RuleClasses` the entry excuses.
  public static let excusedShift: UInt32 = 8
  /// The first bit of `flags` that tells the entry's slots.
  public static let slotShift: UInt32 = 16

  /// Where the answer's frame begins in `answers/frames`.
  public var answerAddress: UInt64
  /// The length of the frame in bytes.
  public var frameLength: UInt32
  /// The length of the answer in bytes.
  public var answerLength: UInt32
  /// The first second (since 1970) at which the answer is valid; `Int64.min` for always.
  public var validFrom: Int64
  /// The first second at which it no longer is; `Int64.max` for never.
  public var validUntil: Int64
  /// Where id, source, scope and usage stand, one after the other, in `entries/text`.
  public var textAddress: UInt64
  /// The lengths of those four texts in bytes.
  public var idLength, sourceLength, scopeLength, usageLength: UInt16
  /// The index of the entry's route in `decision/routes`, or `noRoute`.
  public var route: UInt16
  /// See `exactOnly`, `template`, `excusedShift` and `slots`. Other bits are zero and ignored.
  public var flags: UInt32
  /// The ordinal of the canonical question.
  public var canonicalQuestion: UInt32
  /// The ordinal of the entry that answers in this one's place, if the author merged them. A fact for tools: no question
  /// leads to an entry that has one.
  public var mergedInto: UInt32?

  public init(
    answerAddress: UInt64, frameLength: UInt32, answerLength: UInt32, validFrom: Int64, validUntil: Int64,
    textAddress: UInt64, idLength: UInt16, sourceLength: UInt16, scopeLength: UInt16, usageLength: UInt16,
    route: UInt16, flags: UInt32, canonicalQuestion: UInt32, mergedInto: UInt32? = nil
  ) {
    self.answerAddress = answerAddress
    self.frameLength = frameLength
    self.answerLength = answerLength
    self.validFrom = validFrom
    self.validUntil = validUntil
    self.textAddress = textAddress
    self.idLength = idLength
    self.sourceLength = sourceLength
    self.scopeLength = scopeLength
    self.usageLength = usageLength
    self.route = route
    self.flags = flags
    self.canonicalQuestion = canonicalQuestion
    self.mergedInto = mergedInto
  }

  /// The kinds of mark that vary among the entry's wordings, so that they contradict nothing.
  public var slots: VetoKinds { VetoKinds(rawValue: UInt8(truncatingIfNeeded: flags >> Self.slotShift)) }

  /// Reads a record, or `nil` if `bytes` is shorter than one.
  public init?(_ bytes: Bytes) {
    guard bytes.count >= Self.size, let answerAddress: UInt64 = bytes.integer(at: 0),
      let frameLength: UInt32 = bytes.integer(at: 8), let answerLength: UInt32 = bytes.integer(at: 12),
      let validFrom: Int64 = bytes.integer(at: 16), let validUntil: Int64 = bytes.integer(at: 24),
      let textAddress: UInt64 = bytes.integer(at: 32), let idLength: UInt16 = bytes.integer(at: 40),
      let sourceLength: UInt16 = bytes.integer(at: 42), let scopeLength: UInt16 = bytes.integer(at: 44),
      let usageLength: UInt16 = bytes.integer(at: 46), let route: UInt16 = bytes.integer(at: 48),
      let flags: UInt32 = bytes.integer(at: 52), let canonicalQuestion: UInt32 = bytes.integer(at: 56),
      let merged: UInt32 = bytes.integer(at: 60)
    else { return nil }
    self.init(
      answerAddress: answerAddress, frameLength: frameLength, answerLength: answerLength, validFrom: validFrom,
      validUntil: validUntil, textAddress: textAddress, idLength: idLength, sourceLength: sourceLength,
      scopeLength: scopeLength, usageLength: usageLength, route: route, flags: flags,
      canonicalQuestion: canonicalQuestion, mergedInto: merged == 0 ? nil : merged - 1)
  }

  /// Whether no entry has this ordinal (a hole): every entry has an id.
  public var isHole: Bool { idLength == 0 }

  /// The classes that keep no answer of this entry back, because its own wordings show them.
  public var excused: RuleClasses { RuleClasses(rawValue: UInt8(truncatingIfNeeded: flags >> Self.excusedShift)) }

  /// The 64 bytes of the record.
  public var encoded: [UInt8] {
    var bytes: [UInt8] = []
    bytes.append(littleEndian: answerAddress)
    bytes.append(littleEndian: frameLength)
    bytes.append(littleEndian: answerLength)
    bytes.append(littleEndian: validFrom)
    bytes.append(littleEndian: validUntil)
    bytes.append(littleEndian: textAddress)
    bytes.append(littleEndian: idLength)
    bytes.append(littleEndian: sourceLength)
    bytes.append(littleEndian: scopeLength)
    bytes.append(littleEndian: usageLength)
    bytes.append(littleEndian: route)
    bytes.append(littleEndian: UInt16(0))
    bytes.append(littleEndian: flags)
    bytes.append(littleEndian: canonicalQuestion)
    // One more than the ordinal, so that zero can mean none.
    bytes.append(littleEndian: mergedInto.map { $0 &+ 1 } ?? UInt32(0))
    bytes.pad(to: Self.size)
    return bytes
  }
}
