import ArgumentParser
import BundleFormat
import BundleReader
import FoundationEssentials

/// A point in time as a person writes it, in seconds since 1970.
struct Moment: ExpressibleByArgument {
  let seconds: Int64

  init?(argument: String) {
    if let seconds = Array(argument.utf8).withBytes({ RequestDefaults.seconds($0) }) {
      self.seconds = seconds
      return
    }
    let day = Date.ISO8601FormatStyle().year().month().day()
    guard let date = (try? Date(argument, strategy: .iso8601)) ?? (try? Date(argument, strategy: day)),
      let seconds = Int64(exactly: date.timeIntervalSince1970.rounded(.down))
    else { return nil }
    self.seconds = seconds
  }
}

/// A share from 0 to 1, in millionths.
struct Share: ExpressibleByArgument {
  let millionths: UInt32

  init?(argument: String) {
    guard let millionths = Array(argument.utf8).withBytes({ RequestDefaults.share($0) }) else { return nil }
    self.millionths = millionths
  }
}

extension KernelChoice: ExpressibleByArgument {}

extension OpenMode: ExpressibleByArgument {
  private static let names: [(String, OpenMode)] = [("lazy", .lazy), ("hot", .hot), ("all", .all), ("copy", .copy)]

  public static var allValueStrings: [String] { names.map(\.0) }

  /// The mode of this name.
  public init?(argument: String) {
    guard let mode = Self.names.first(where: { $0.0 == argument })?.1 else { return nil }
    self = mode
  }

  public var defaultValueDescription: String { Self.names.first { $0.1 == self }?.0 ?? "" }
}

extension PublicKey: ExpressibleByArgument {
  /// The key that the argument names: its base64 text, or its file.
  public init?(argument: String) {
    guard let key = try? PublicKey.named(argument) else { return nil }
    self = key
  }
}
