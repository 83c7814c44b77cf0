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
