import BundleCompiler
import CAlmanac
import CAlmanacHeader
import Foundation
import TestSupport
import Testing

/// A bundle and a layer over it, opened through C.
@Suite struct LayerInterfaceTests {
  private let folder: TemporaryFolder
  private let base: String
  private let layer: String

  init() throws {
    folder = try TemporaryFolder()
    base = try Self.compile(
      "base",
      [
        #"{"id":"hours","question":"When is the library open?","answer":"From nine."}"#,
        #"{"id":"fees","question":"What does a card cost?","answer":"Five."}"#,
      ], version: 1, over: nil, in: folder)
    layer = try Self.compile(
      "layer",
      [
        #"{"id":"hours","question":"When is the library open?","answer":"Closed today."}"#,
        #"{"id":"fees","deleted":true}"#,
      ], version: 2, over: base, in: folder)
  }

  private static func compile(
    _ name: String, _ lines: [String], version: Int, over base: String?, in folder: TemporaryFolder
  ) throws -> String {
    try folder.write("\(name).jsonl", lines.joined(separator: "\n") + "\n")
    let recipe = try folder.write("\(name).yaml", "name: \(name)\nversion: \(version)\nentries: \(name).jsonl\n")
    var options = Compiler.Options(output: folder.file("\(name).almanac"))
    options.base = base
    _ = try Compiler(options).compile(recipe: recipe)
    return options.output
  }

  private func ask(_ bundle: OpaquePointer?, _ text: String) -> String? {
    var session: OpaquePointer?
    #expect(almanac_session_new(bundle, &session) == ALMANAC_OK)
    defer { almanac_session_free(session) }
    return Array(text.utf8CString).withUnsafeBufferPointer { bytes in
      var request = almanac_request()
      request.size = MemoryLayout<almanac_request>.size
      request.text = bytes.baseAddress
      request.text_length = bytes.count - 1
      var result = almanac_result()
      result.size = MemoryLayout<almanac_result>.size
      #expect(almanac_query(session, &request, &result) == ALMANAC_OK)
      guard result.outcome == ALMANAC_HIT else { return nil }
      return String(
        decoding: UnsafeRawBufferPointer(start: result.answer.start, count: result.answer.length), as: UTF8.self)
    }
  }

  private func open(_ path: String, _ layer: String?, _ bundle: inout OpaquePointer?) -> almanac_status {
    path.withCString { path in
      (layer ?? "").withCString { named in
        var options = almanac_open_options()
        options.size = MemoryLayout<almanac_open_options>.size
        options.path = path
        options.mode = ALMANAC_OPEN_LAZY
        if layer != nil { options.layer = named }
        return almanac_open_with(&options, &bundle, nil)
      }
    }
  }

  @Test func aPairAnswersFromBothAndReloadsBoth() throws {
    var bundle: OpaquePointer?
    #expect(open(base, layer, &bundle) == ALMANAC_OK)
    defer { almanac_close(bundle) }
    #expect(ask(bundle, "when is the library open") == "Closed today.")
    #expect(ask(bundle, "what does a card cost?") == nil)
    #expect(almanac_replaced(bundle) == 0)
    #expect(almanac_reload(bundle, nil, ALMANAC_OPEN_HOT, nil) == ALMANAC_OK)
    #expect(ask(bundle, "when is the library open") == "Closed today.")
    // A layer that comes to the path later counts as another file; a bad one changes nothing.
    let good = try Data(contentsOf: URL(fileURLWithPath: layer))
    let new = URL(fileURLWithPath: folder.file("new"))
    try Data(repeating: 7, count: 20_000).write(to: new)
    #expect(rename(new.path, layer) == 0)
    #expect(almanac_replaced(bundle) == 1)
    #expect(almanac_reload(bundle, nil, ALMANAC_OPEN_HOT, nil) == ALMANAC_NOT_A_BUNDLE)
    #expect(ask(bundle, "what does a card cost?") == nil, "not answered from older text")
    try good.write(to: new)
    #expect(rename(new.path, layer) == 0)
    #expect(almanac_reload(bundle, nil, ALMANAC_OPEN_HOT, nil) == ALMANAC_OK)
    // Only who says so goes on without the layer.
    #expect(almanac_reload_layer(bundle, nil, nil, ALMANAC_OPEN_HOT, nil) == ALMANAC_OK)
    #expect(ask(bundle, "what does a card cost?") == "Five.")
    #expect(almanac_reload_layer(bundle, nil, layer, ALMANAC_OPEN_HOT, nil) == ALMANAC_OK)
    #expect(ask(bundle, "what does a card cost?") == nil)
  }

  @Test func aLayerAloneOrOverAnotherBundleIsRefused() {
    var bundle: OpaquePointer?
    #expect(almanac_open(layer, ALMANAC_OPEN_LAZY, &bundle, nil) == ALMANAC_OTHER_BASE)
    #expect(bundle == nil)
    #expect(open(base, base, &bundle) == ALMANAC_OTHER_BASE)
    #expect(open(base, "/nowhere/x", &bundle) == ALMANAC_CANNOT_OPEN)
    #expect(open(base, nil, &bundle) == ALMANAC_OK)
    almanac_close(bundle)
  }
}
