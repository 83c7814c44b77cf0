/// What a campaign does, as given on the command line; workers get the same with another range of trials.
struct CampaignOptions: Sendable {
  var kind = DamageKind.flips
  var count = 1000
  var first = 0
  var seed: UInt64 = 20_261_121
  var jobs = 2
  var queries = 24
  var bundles: [String] = []
  var requests = ""
  var companion = Companion.none
  var reader: String?
  var directory: String?
  var markdown: String?
  var isWorker = false

  static let usage = """
    usage: damage-campaign flips|truncations|splices --bundle FILE [--other FILE] --requests FILE [options]

      --bundle FILE      the bundle that is damaged
      --other FILE       for splices: the bundle whose parts come into it
      --base FILE        for a layer: the whole bundle that the damaged one lies over
      --layer FILE       a whole layer that lies over the damaged bundle
      --requests FILE    requests of the reader protocol, a line each, with "now" in each
      --reader PROGRAM   ask this build of almanac-reader; without it the library, in processes of the campaign's own
      --count N          trials (1000)
      --first N          number of the first trial (0), to repeat one
      --seed N           seed of all random numbers (20261121)
      --queries N        requests in each trial (24)
      --jobs N           processes at once (2)
      --directory PATH   where the damaged files are written; best one in memory
      --markdown FILE    append the table of results to this file

    """

  /// Reads the arguments.
  ///
  /// - Throws: `CampaignFailure` with what is wrong.
  init(_ arguments: [String]) throws {
    var rest = arguments[...]
    guard let name = rest.popFirst(), let kind = DamageKind(rawValue: name) else {
      throw CampaignFailure("the first argument must be flips, truncations or splices")
    }
    self.kind = kind
    var other: String?
    while let option = rest.popFirst() {
      if option == "--worker" {
        isWorker = true
        continue
      }
      guard let value = rest.popFirst() else { throw CampaignFailure("\(option) needs a value") }
      switch option {
      case "--bundle": bundles = [value]
      case "--other": other = value
      case "--base": companion = .base(value)
      case "--layer": companion = .layer(value)
      case "--requests": requests = value
      case "--reader": reader = value
      case "--count": count = try Self.number(option, value)
      case "--first": first = try Self.number(option, value)
      case "--seed": seed = UInt64(try Self.number(option, value))
      case "--queries": queries = try Self.number(option, value)
      case "--jobs": jobs = max(try Self.number(option, value), 1)
      case "--directory": directory = value
      case "--markdown": markdown = value
      default: throw CampaignFailure("there is no option \(option)")
      }
    }
    guard !bundles.isEmpty, !requests.isEmpty else { throw CampaignFailure("--bundle and --requests are needed") }
    if let other { bundles.append(other) }
    guard kind != .splices || bundles.count == 2 else { throw CampaignFailure("splices need --other") }
  }

  private static func number(_ option: String, _ value: String) throws -> Int {
    guard let number = Int(value), number >= 0 else { throw CampaignFailure("\(option) needs a number, not \(value)") }
    return number
  }

  /// The arguments with which a worker does `count` trials from `first`.
  func workerArguments(first: Int, count: Int) -> [String] {
    var arguments = [
      kind.rawValue, "--worker", "--bundle", bundles[0], "--requests", requests, "--first", "\(first)", "--count",
      "\(count)", "--seed", "\(seed)", "--queries", "\(queries)",
    ]
    if bundles.count > 1 { arguments += ["--other", bundles[1]] }
    switch companion {
    case .none: break
    case .base(let path): arguments += ["--base", path]
    case .layer(let path): arguments += ["--layer", path]
    }
    if let reader { arguments += ["--reader", reader] }
    if let directory { arguments += ["--directory", directory] }
    return arguments
  }
}
