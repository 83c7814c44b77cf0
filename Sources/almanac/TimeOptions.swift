import ArgumentParser
import BundleCompiler

/// A point in time as recipes write it, in seconds since 1970.
struct TimeOption: ExpressibleByArgument {
  let seconds: Int64

  init?(argument: String) {
    guard let seconds = Timestamp.parse(argument) else { return nil }
    self.seconds = seconds
  }
}

/// A length of time as recipes write a cadence: 12h, 7d, 4w.
struct CadenceOption: ExpressibleByArgument {
  let seconds: UInt32

  init?(argument: String) {
    guard let seconds = Cadence.parse(argument) else { return nil }
    self.seconds = seconds
  }
}
