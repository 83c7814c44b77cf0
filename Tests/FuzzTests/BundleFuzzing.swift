import BundleFormat
import BundleReader
import Foundation
import TestSupport

// Foundation has a Bundle too.
import class BundleReader.Bundle

/// Bundles with changed bytes.
enum BundleFuzzing {
  private final class Changed {
    let file: ChangedFile
    let requests: [[UInt8]]
    let truth: [[UInt8]]
    /// Open all the time, everything checked before the first change.
    let bundle: Bundle
    let responder: Responder

    init(_ base: HostileBundle.Base) {
      file = ChangedFile(base.rawValue)
      requests = base.questions.enumerated().map { number, question in
        Array(#"{"query":"\#(question)","now":1780000000,"explain":\#(number % 2 == 1)}"#.utf8)
      }
      guard let bundle = try? Bundle.open(file.path, mode: .all) else { fatalError("\(base) cannot be opened") }
      self.bundle = bundle
      let responder = Responder(bundle)
      self.responder = responder
      truth = requests.map { QueryFuzzing.reply(responder, $0) }
    }
  }

  nonisolated(unsafe) private static let bases = HostileBundle.Base.allCases.map { Changed($0) }
  // Of its own, since its bundle must not be open while the other targets change it.
  nonisolated(unsafe) private static let overwrittenBases = HostileBundle.Base.allCases.map { Changed($0) }

  // MARK: Whole bundles

  static func damaged(_ input: [UInt8]) {
    let base = bases[Int(input.first ?? 0) % bases.count]
    base.file.change(input.dropFirst(), isSealed: false)
    defer { base.file.restore() }
    guard let bundle = try? Bundle.open(base.file.path) else { return }
    let responder = Responder(bundle)
    for (request, truth) in zip(base.requests, base.truth) {
      let reply = QueryFuzzing.reply(responder, request)
      require(ReplyText.verdict(reply, truth: truth) != .changed, "damage changes no answer")
      require(reply == QueryFuzzing.reply(responder, request), "damage stays damage")
    }
  }

  static func forged(_ input: [UInt8]) {
    let base = bases[Int(input.first ?? 0) % bases.count]
    base.file.change(input.dropFirst(), isSealed: true)
    defer { base.file.restore() }
    let bundle: Bundle
    do {
      bundle = try Bundle.open(base.file.path)
    } catch {
      require((try? Bundle.open(base.file.path, mode: .copy)) == nil, "what is refused is refused in every mode")
      if case BundleError.damagedChunk = error { require(false, "the hash tree fits") }
      return
    }
    // Opening it twice takes twice as long, so that only some inputs do.
    let isComparedWithCopy = (input.last ?? 0) & 3 == 0
    let copy = isComparedWithCopy ? try? Bundle.open(base.file.path, mode: .copy) : nil
    require(!isComparedWithCopy || copy != nil, "what is opened is opened in every mode")
    let (first, second) = (Responder(bundle), Responder(copy ?? bundle))
    for request in base.requests {
      let reply = QueryFuzzing.reply(first, request)
      require(reply == QueryFuzzing.reply(first, request), "the same question gets the same reply")
      require(reply == QueryFuzzing.reply(second, request), "every mode gives the same reply")
    }
    require(bundle.damagedChunkCount == 0, "no chunk is bad")
    for entry in 0..<min(bundle.entryCount, 3) { _ = try? bundle.answer(of: UInt32(entry)) }
  }

  static func overwritten(_ input: [UInt8]) {
    let base = overwrittenBases[Int(input.first ?? 0) % bases.count]
    base.file.change(input.dropFirst(), isSealed: false)
    for request in base.requests { _ = QueryFuzzing.reply(base.responder, request) }
    base.file.restore()
    for (request, truth) in zip(base.requests, base.truth) {
      require(QueryFuzzing.reply(base.responder, request) == truth, "a session keeps nothing of what it met")
    }
  }

  // MARK: Parts

  nonisolated(unsafe) private static let pageFile = Result {
    try TemporaryFolder(in: FileManager.default.isWritableFile(atPath: "/dev/shm") ? "/dev/shm" : nil)
  }

  static func pages(_ input: [UInt8]) {
    var data = Array(input.prefix(64 * 4096))
    data.pad(toMultipleOf: 4096)
    guard !data.isEmpty, let folder = try? pageFile.get() else { return }
    let path = folder.file("pages")
    guard (try? Data(SealedBundle.file(over: data)).write(to: URL(fileURLWithPath: path))) != nil else {
      fatalError("\(path) cannot be written")
    }
    var errors: [BundleError?] = []
    for mode in [OpenMode.lazy, .copy] {
      do throws(BundleError) {
        _ = try Bundle.open(path, mode: mode)
        errors.append(nil)
      } catch {
        if case .damagedChunk = error { require(false, "the hash tree fits") }
        errors.append(error)
      }
    }
    require(errors[0] == errors[1], "every mode takes the pages alike")
  }

  /// The first four bytes state the answer's length, the others are the frame.
  static func answer(_ input: [UInt8]) {
    let base = overwrittenBases[1]
    let frames = base.file.payload(.answerFrames)
    let frame = Array(input.dropFirst(4).prefix(frames.count))
    let stated: UInt32 = input.withBytes { $0.integer(at: 0) } ?? 0
    var record: [UInt8] = []
    record.append(littleEndian: UInt64(0))
    record.append(littleEndian: UInt32(frame.count))
    record.append(littleEndian: stated)
    base.file.put(frame, at: frames.lowerBound)
    base.file.put(record, at: base.file.payload(.entryRecords).lowerBound)
    defer { base.file.restore() }
    guard let answer = try? base.bundle.answer(of: 0) else { return }
    require(answer.count == Int(stated), "an answer has the length that its record states")
    require(answer == (try? base.bundle.answer(of: 0)), "a frame decodes alike each time")
  }
}
