import BundleFormat
import BundleReader
import Foundation
import TestSupport

// Foundation has a Bundle too.
import class BundleReader.Bundle

/// A layer over a base, one of which has changed bytes under a hash tree that fits. Both have templates and prompts.
enum LayerFuzzing {
  private final class Pair {
    let base: ChangedFile
    let layer: ChangedFile
    let requests: [[UInt8]]

    init() throws {
      let folder = try TemporaryFolder()
      let recipe = try Self.recipe(0..<30)
      let base = try recipe.compile("base", in: folder, further: Self.prompts)
      var today = try Self.recipe(30..<36)
      today.add(try Self.recipe(3..<4))
      today.delete(recipe.id(5))
      let layer = try today.compile("today", in: folder, base: base, further: Self.prompts)
      self.base = ChangedFile(base, name: "base")
      self.layer = ChangedFile(layer, name: "layer")
      let named = #","variables":{"name":"Ada","number":"7"},"now":1780000000,"explain":true}"#
      requests = [
        #"{"query":"\#(recipe.question(3))""#, #"{"query":"\#(recipe.question(5))""#,
        #"{"query":"\#(recipe.question(8))""#,
        #"{"query":"\#(today.question(0))""#, #"{"query":"about \#(today.question(1))""#, #"{"prompt":"ticket""#,
        #"{"query":"about \#(recipe.question(9))""#,
      ].map { Array(($0 + named).utf8) }
    }

    private static let prompts =
      "prompts: [{name: ticket, template: 'Close ticket {{number}} of {{name|nobody}}', variables: [number, name]}]"

    private static func recipe(_ range: Range<Int>) throws -> FAQRecipe {
      var recipe = try FAQRecipe(range, embedded: false)
      for index in recipe.rows.indices {
        recipe.rows[index]["answer"] = "{{#name}}Dear {{name}}, {{/name}}number {{number|0}} says so."
        recipe.rows[index]["template"] = ["name", "number"]
        recipe.rows[index]["cadence"] = "7d"
      }
      let number = range.lowerBound
      recipe.rows.append([
        "id": "ticket/\(number)", "prompt": "ticket",
        "variables": ["number": "\(number == 0 ? 7 : number)", "name": "Ada"],
        "answer": "It is closed.",
      ])
      return recipe
    }
  }

  nonisolated(unsafe) private static let pair = Result { try Pair() }

  /// The first byte says which of the two is changed; the edits follow.
  static func take(_ input: [UInt8]) {
    guard let pair = try? pair.get() else { fatalError("no layer can be made") }
    let isBase = (input.first ?? 0) & 1 == 1
    let changed = isBase ? pair.base : pair.layer
    changed.change(input.dropFirst(), isSealed: true)
    // The layer follows its base.
    if isBase { pair.layer.put(pair.base.root, at: pair.layer.payload(.layerBase).lowerBound, isSealed: true) }
    defer {
      pair.base.restore()
      pair.layer.restore()
    }
    guard let first = open(pair, .lazy) else {
      require(open(pair, .copy) == nil, "what is refused is refused in every mode")
      return
    }
    let second = (input.last ?? 0) & 3 == 0 ? open(pair, .copy) : first
    guard let second else {
      require(false, "what is opened is opened in every mode")
      return
    }
    let (one, other) = (Responder(first), Responder(second))
    for request in pair.requests {
      let reply = QueryFuzzing.reply(one, request)
      let second = QueryFuzzing.reply(other, request)
      require(
        reply == second,
        "every mode gives the same reply: \(String(decoding: reply, as: UTF8.self)) \(String(decoding: second, as: UTF8.self))"
      )
      require(reply == QueryFuzzing.reply(one, request), "the same question gets the same reply")
    }
    require(first.damagedChunkCount == 0, "no chunk is bad")
  }

  private static func open(_ pair: Pair, _ mode: OpenMode) -> Bundle? {
    guard let base = try? Bundle.open(pair.base.path, mode: mode) else { return nil }
    do throws(BundleError) {
      return try Bundle.open(pair.layer.path, over: base, mode: mode)
    } catch {
      switch error {
      case .damagedChunk: require(false, "the hash tree fits")
      default: break
      }
      return nil
    }
  }
}
