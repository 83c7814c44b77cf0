import BundleReader
import Foundation
import TestSupport

// Foundation has a Bundle too.
import class BundleReader.Bundle

/// How a trial ended.
enum TrialOutcome: String, CaseIterable {
  /// The file was refused at open.
  case refused
  /// At least one reply was the fallback `damaged`, and all others were as they should be.
  case damaged
  /// All replies were as from the undamaged bundle: nothing damaged was looked at.
  case same
  /// A reply was another one.
  case changed
  /// The process ended, or did not come back.
  case crashed
}

/// Carries out trials one after the other and says after each how it ended, so that another process knows which one was
/// the end of this one.
struct Worker {
  let options: CampaignOptions
  let host: any Host
  let folder: TemporaryFolder

  init(_ options: CampaignOptions) throws {
    self.options = options
    let folder = try TemporaryFolder(in: options.directory)
    self.folder = folder
    host =
      options.reader.map { ProgramHost(program: $0, folder: folder.path, companion: options.companion) as any Host }
      ?? LibraryHost(companion: options.companion)
  }

  func run() throws {
    let bundles = try options.bundles.map { try contents($0) }
    let requests = try contents(options.requests).split(separator: UInt8(ascii: "\n")).map(Array.init)
    let oracle = try Oracle(bundles: options.bundles, requests: requests, host: host)
    let maker = DamageMaker(kind: options.kind, seed: options.seed, bundles: bundles)
    let path = folder.file("damaged.almanac")
    try Data(bundles[0]).write(to: URL(fileURLWithPath: path))
    let file = try FileHandle(forUpdating: URL(fileURLWithPath: path))
    var isGood = true
    for trial in options.first..<options.first + options.count {
      var random = maker.random(trial: trial)
      let damage = maker.damage(&random)
      switch damage.change {
      case .flip(let offset, let mask):
        if !isGood { try replace(file, bundles[0]) }
        isGood = true
        try write(file, offset, bundles[0][offset] ^ mask)
      case .bytes(let bytes):
        try replace(file, bytes)
        isGood = false
      }
      // A process that hangs ends here, and counts as crashed.
      alarm(60)
      let outcome = try ask(oracle, path, damage, trial: trial, isWhole: isWhole(damage, bundles), &random)
      alarm(0)
      try FileHandle.standardOutput.write(contentsOf: Data("\(trial)\t\(damage.category)\t\(outcome.rawValue)\n".utf8))
      if case .flip(let offset, _) = damage.change { try write(file, offset, bundles[0][offset]) }
    }
  }

  private func ask(
    _ oracle: Oracle, _ path: String, _ damage: Damage, trial: Int, isWhole: Bool, _ random: inout SeededRandom
  ) throws -> TrialOutcome {
    var chosen: [Int] = []
    for _ in 0..<max(options.queries / 3, 1) {
      for kind in [oracle.exact, oracle.semantic, oracle.fallback] {
        chosen.append(kind[Int.random(in: 0..<kind.count, using: &random)])
      }
    }
    // The first again: a session must not remember what it met.
    chosen.append(chosen[0])
    let mode: OpenMode =
      switch trial % 10 {
      case 7: .hot
      case 8: .all
      case 9: .copy
      default: .lazy
      }
    switch try host.ask(path, chosen.map { oracle.requests[$0] }, mode: mode) {
    case .refused: return .refused
    case .died: return .crashed
    case .replies(let replies):
      let verdicts = zip(replies, chosen).map { oracle.verdict($0, request: $1, bundle: damage.footer) }
      var isSound = replies.count == chosen.count && !verdicts.contains(.changed)
      isSound = isSound && verdicts.first == verdicts.last
      // Where everything is checked at open, nothing damaged gets past it.
      if mode == .all || mode == .copy { isSound = isSound && isWhole }
      if isSound, trial % 16 == 0, options.reader == nil { isSound = try finds(damage, path, isWhole: isWhole) }
      if !isSound {
        let wrong = zip(verdicts, chosen).first { $0.0 == .changed }.map { "request \($0.1)" } ?? "mode \(mode)"
        try FileHandle.standardError.write(
          contentsOf: Data("trial \(trial), \(damage.category): \(wrong), seed \(options.seed)\n".utf8))
        return .changed
      }
      return verdicts.contains(.damaged) ? .damaged : .same
    }
  }

  // Whether a full check of the file says what was done to it: of a flip, the very chunk.
  private func finds(_ damage: Damage, _ path: String, isWhole: Bool) throws -> Bool {
    let bundle = try Bundle.open(path, isInspected: true)
    var bad: [UInt64] = []
    _ = bundle.verify { bad.append($0) }
    switch damage.change {
    case .bytes: return bad.isEmpty == isWhole
    case .flip(let offset, _):
      let chunk = UInt64(offset / 4096)
      // With a block of the tree everything under it is bad.
      return offset < Int(bundle.footer.dataLength) ? bad == [chunk] : bad.contains(chunk)
    }
  }

  private func isWhole(_ damage: Damage, _ bundles: [[UInt8]]) -> Bool {
    switch damage.change {
    case .flip: false
    case .bytes(let bytes): bundles.contains(bytes)
    }
  }

  private func write(_ file: FileHandle, _ offset: Int, _ byte: UInt8) throws {
    try file.seek(toOffset: UInt64(offset))
    try file.write(contentsOf: Data([byte]))
  }

  private func replace(_ file: FileHandle, _ bytes: [UInt8]) throws {
    try file.truncate(atOffset: 0)
    try file.seek(toOffset: 0)
    try file.write(contentsOf: Data(bytes))
  }
}
