import BundleFormat

/// When an entry's answer was made, from what, and how long that is to last.
package struct EntryFreshness: Equatable, Sendable {
  /// How many seconds after it was made the answer is due to be made anew; `nil` for never.
  package var cadence: UInt32?
  /// When it was made, in seconds since 1970; `nil` if the entry does not say.
  package var answered: Int64?
  /// BLAKE2b-256 of the file it was made from, 64 hexadecimal digits; `nil` if the entry does not say.
  package var sourceDigest: String?

  /// The record of a bundle.
  var record: FreshnessRecord {
    var digest = [UInt8](repeating: 0, count: 32)
    for (index, digit) in (sourceDigest ?? "").utf8.prefix(64).enumerated() {
      digest[index / 2] = digest[index / 2] << 4 | UInt8(Character(Unicode.Scalar(digit)).hexDigitValue ?? 0)
    }
    return FreshnessRecord(cadence: cadence ?? 0, answered: answered ?? Int64.min, sourceDigest: digest)
  }

  /// What a record of a bundle says.
  package init(_ record: FreshnessRecord) {
    cadence = record.cadence == 0 ? nil : record.cadence
    answered = record.answered == Int64.min ? nil : record.answered
    sourceDigest = record.sourceDigest.allSatisfy { $0 == 0 } ? nil : Self.hexadecimal(record.sourceDigest)
  }

  package init(cadence: UInt32? = nil, answered: Int64? = nil, sourceDigest: String? = nil) {
    (self.cadence, self.answered, self.sourceDigest) = (cadence, answered, sourceDigest)
  }

  /// When the cadence will have passed since the answer was made, in seconds since 1970; `nil` without cadence, or if that time is
  /// unknown.
  package var due: Int64? {
    guard let cadence, let answered else { return nil }
    let (due, overflow) = answered.addingReportingOverflow(Int64(cadence))
    return overflow ? Int64.max : due
  }

  /// Whether nothing is known.
  var isEmpty: Bool { cadence == nil && answered == nil && sourceDigest == nil }

  private static func hexadecimal(_ bytes: [UInt8]) -> String {
    let digits = Array("0123456789abcdef".utf8)
    return String(decoding: bytes.flatMap { [digits[Int($0 >> 4)], digits[Int($0 & 15)]] }, as: UTF8.self)
  }
}

extension JSONRecord {
  /// The field `cadence` and what `provenance` says of time and source; the recipe's cadence for `route` where the entry has none.
  func freshness(_ recipe: Recipe, route: String?) throws(InputError) -> EntryFreshness {
    var freshness = EntryFreshness(cadence: recipe.cadence(route))
    if let text = try optionalString("cadence") {
      guard let seconds = Cadence.parse(text) else {
        throw place.error("the field \"cadence\" is \"\(text)\"", do: Cadence.forms)
      }
      freshness.cadence = seconds
    }
    guard case .object(let members) = value("provenance") else { return freshness }
    for member in members {
      switch (member.key, member.value) {
      case ("at", .integer(let seconds)) where Timestamp.isPlausible(seconds): freshness.answered = seconds
      case ("at", .string(let text)): freshness.answered = Timestamp.parse(text)
      case ("source_digest", .string(let text)):
        guard text.utf8.count == 64, text.utf8.allSatisfy({ (0x30...0x39).contains($0) || (0x61...0x66).contains($0) })
        else {
          throw place.error(
            "\"source_digest\" of \"provenance\" is \"\(text)\"",
            do: "write BLAKE2b-256 as 64 hexadecimal digits, as b2sum -l 256 prints it")
        }
        freshness.sourceDigest = text
      default: continue
      }
    }
    return freshness
  }
}

extension RecipeLoader {
  /// The cadence of a recipe: one for all entries, or one for each route and `default`.
  func cadences(_ node: RecipeNode) throws(InputError) -> [Recipe.RouteCadence] {
    guard node.isMapping else { return [Recipe.RouteCadence(route: nil, seconds: try seconds(node))] }
    var cadences: [Recipe.RouteCadence] = []
    for member in try node.members() {
      let name = try route(member.key)
      guard !cadences.contains(where: { $0.route ?? "default" == name }) else {
        throw member.key.place.error("the route '\(name)' stands twice", do: "write it once")
      }
      cadences.append(Recipe.RouteCadence(route: name == "default" ? nil : name, seconds: try seconds(member.value)))
    }
    return cadences
  }

  private func seconds(_ node: RecipeNode) throws(InputError) -> UInt32 {
    let text = try node.text()
    guard let seconds = Cadence.parse(text) else {
      throw node.place.error("\(node.subject) is '\(text)'", do: Cadence.forms)
    }
    return seconds
  }
}

extension Recipe {
  /// How often the answers of a route are to be made anew.
  public struct RouteCadence: Equatable, Sendable {
    /// The route; `nil` for entries of any other, or none.
    public let route: String?
    /// The seconds from one answer to the next.
    public let seconds: UInt32
  }

  /// The cadence of entries of `route` that have none of their own.
  func cadence(_ route: String?) -> UInt32? {
    let own = cadences.first { $0.route != nil && $0.route == route }
    return (own ?? cadences.first { $0.route == nil })?.seconds
  }
}
