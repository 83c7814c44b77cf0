import BundleReader
import Foundation
import TestSupport

/// Why a campaign cannot begin.
struct CampaignFailure: Error, CustomStringConvertible {
  let description: String

  init(_ description: String) { self.description = description }
}

/// The replies of undamaged bundles, against which all others are held, byte for byte apart from the field `micros`.
struct Oracle {
  /// The requests, one line of JSON each.
  let requests: [[UInt8]]
  /// The requests that the first bundle answers exactly, by meaning, and not at all.
  let exact: [Int]
  let semantic: [Int]
  let fallback: [Int]
  // By bundle, then by request; none for a second bundle that is refused beside the companion of the first.
  private let truth: [[[UInt8]]]

  init(bundles: [String], requests: [[UInt8]], host: any Host) throws {
    self.requests = requests
    truth = try bundles.map { path in
      let outcome = try host.ask(path, requests, mode: .lazy)
      if case .refused = outcome, path != bundles[0] { return [] }
      guard case .replies(let replies) = outcome, replies.count == requests.count else {
        throw CampaignFailure("the undamaged bundle is not answered from, \(path), give one that is whole")
      }
      return replies.map(ReplyText.withoutMicros)
    }
    let first = truth[0]
    exact = first.indices.filter { ReplyText.contains(first[$0], #""via":"exact""#) }
    semantic = first.indices.filter { ReplyText.contains(first[$0], #""via":"semantic""#) }
    fallback = first.indices.filter { ReplyText.contains(first[$0], #""status":"needs-fallback""#) }
    guard !exact.isEmpty, !semantic.isEmpty, !fallback.isEmpty else {
      throw CampaignFailure(
        "\(exact.count) requests are answered exactly, \(semantic.count) by meaning, \(fallback.count) not; need some of each"
      )
    }
    guard !first.contains(where: ReplyText.isDamaged) else { throw CampaignFailure("the undamaged bundle is damaged") }
  }

  /// Holds the reply to request number `request` against that of the bundle number `bundle`.
  func verdict(_ reply: [UInt8], request: Int, bundle: Int) -> ReplyText.Verdict {
    let replies = truth[bundle]
    return ReplyText.verdict(ReplyText.withoutMicros(reply), truth: replies.isEmpty ? [] : replies[request])
  }
}
