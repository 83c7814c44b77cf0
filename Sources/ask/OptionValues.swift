import ArgumentParser
import BundleFormat
import BundleReader
import CKernels
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

/// The instruction set a person asks for.
enum KernelLevel: String, ExpressibleByArgument, CaseIterable {
  case auto, portable, avx2, avx512, neon

  var level: almanac_kernel_level {
    switch self {
    case .auto: ALMANAC_KERNELS_AUTO
    case .portable: ALMANAC_KERNELS_PORTABLE
    case .avx2: ALMANAC_KERNELS_AVX2
    case .avx512: ALMANAC_KERNELS_AVX512
    case .neon: ALMANAC_KERNELS_NEON
    }
  }
}
