import BundleFormat
import BundleReader
import CKernels

/// What the command line asks for.
struct Options: ~Copyable {
  /// What the program shall do.
  enum Wish: UInt8 {
    case answer, help, version
  }

  var wish = Wish.answer
  /// The path of the bundle, a C string.
  private(set) var path: UnsafePointer<CChar>
  /// The path of the layer over it, a C string; `nil` if there is none.
  private(set) var layer: UnsafePointer<CChar>?
  /// The only question to answer; `nil` to read requests from standard input.
  private(set) var query: Bytes?
  private(set) var mode = OpenMode.lazy
  private(set) var level = ALMANAC_KERNELS_AUTO
  /// What every bundle must show before it answers.
  private(set) var requirements = OpenRequirements()
  private(set) var defaults = RequestDefaults()
  /// Whether a bundle that is renamed over this one takes over.
  private(set) var isWatching = false
  /// Where statistics go, and every how many seconds; a C string.
  private(set) var statistics: UnsafePointer<CChar>?
  private(set) var statisticsInterval = StatisticsFile.standardInterval
  /// Where requests that fell back go, up to how many bytes, and whether only as digests; a C string.
  private(set) var missLog: UnsafePointer<CChar>?
  private(set) var missLogLimit = MissLog.standardLimit
  private(set) var areMissesHashed = false

  /// Reads the arguments of C's `main`.
  init(count: Int, _ arguments: UnsafePointer<UnsafePointer<CChar>?>) throws(UsageError) {
    var remaining = unsafe Arguments(count: count, arguments)
    var path: UnsafePointer<CChar>?
    // Set twice: every stored property needs a value before a method may be called.
    unsafe self.path = remaining.programName
    while let argument = unsafe remaining.nextUnlessSeparator() {
      let text = unsafe Bytes(cString: argument)
      guard let option = remaining.option(text) else {
        guard unsafe path == nil else { throw UsageError(text, "is one argument too many", "name one bundle") }
        unsafe path = argument
        continue
      }
      if option.name.equals("--help") || option.name.equals("-h") {
        wish = .help
        return
      }
      if option.name.equals("--version") {
        wish = .version
        return
      }
      if isSwitch(option.name) {
        guard option.value == nil else { throw UsageError(option.name, "takes no value", "leave it out") }
        continue
      }
      guard Self.isKnown(option.name) else { throw UsageError(option.name, "is no option", "see --help") }
      guard let value = unsafe option.value ?? remaining.next().map({ unsafe Bytes(cString: $0) }) else {
        throw UsageError(option.name, "has no value", "give one behind it")
      }
      try set(option.name, value)
    }
    guard unsafe missLog != nil || !areMissesHashed else {
      throw UsageError(Bytes("--miss-log-digests"), "needs a file", "give --miss-log too")
    }
    guard let path = unsafe path else {
      throw UsageError(Bytes("BUNDLE"), "is missing", "name the bundle: almanac-reader BUNDLE [options], see --help")
    }
    unsafe self.path = path
  }

  // Takes an option that has no value.
  private mutating func isSwitch(_ name: Bytes) -> Bool {
    if name.equals("--explain") {
      defaults.isExplained = true
    } else if name.equals("--watch") {
      isWatching = true
    } else if name.equals("--miss-log-digests") {
      areMissesHashed = true
    } else {
      return false
    }
    return true
  }

  /// Hands the defaults of requests over.
  consuming func takeDefaults() -> RequestDefaults { defaults }

  private static func isKnown(_ name: Bytes) -> Bool {
    name.equals("--query") || name.equals("--layer") || name.equals("--now") || name.equals("--scope")
      || name.equals("--variable")
      || name.equals("--max-wrong")
      || name.equals("--mode") || name.equals("--kernels") || name.equals("--stats") || name.equals("--stats-interval")
      || name.equals("--miss-log") || name.equals("--miss-log-limit") || name.equals("--public-key")
      || name.equals("--min-version")
  }

  private mutating func set(_ name: Bytes, _ value: Bytes) throws(UsageError) {
    if name.equals("--query") {
      query = value
    } else if name.equals("--layer") {
      unsafe layer = try Self.path(name, value)
    } else if name.equals("--now") {
      guard let seconds = RequestDefaults.seconds(value) else {
        throw UsageError(name, "is no time", "give whole seconds since 1970")
      }
      defaults.now = seconds
    } else if name.equals("--max-wrong") {
      guard let share = RequestDefaults.share(value) else {
        throw UsageError(name, "is no share", "give a number from 0 to 1, such as 0.005")
      }
      defaults.maximumWrong = share
    } else if name.equals("--scope") || name.equals("--variable") {
      try addPair(name, value)
    } else if name.equals("--mode") {
      mode = try Self.mode(name, value)
    } else if name.equals("--public-key") {
      requirements.publicKey = try Self.publicKey(name, value)
    } else if name.equals("--min-version") {
      guard let version = RequestDefaults.seconds(value), version >= 0 else {
        throw UsageError(name, "is no version", "give a whole number from 0 on")
      }
      requirements.leastVersion = UInt64(version)
    } else if name.equals("--stats") {
      unsafe statistics = try Self.path(name, value)
    } else if name.equals("--stats-interval") {
      guard let seconds = RequestDefaults.seconds(value), (1...86_400).contains(seconds) else {
        throw UsageError(name, "is no interval", "give whole seconds from 1 to 86400")
      }
      statisticsInterval = UInt64(seconds)
    } else if name.equals("--miss-log") {
      unsafe missLog = try Self.path(name, value)
    } else if name.equals("--miss-log-limit") {
      guard let bytes = RequestDefaults.seconds(value), bytes >= Int64(MissLog.leastLimit) else {
        throw UsageError(name, "is no size", "give a whole number of bytes from 65536 on")
      }
      missLogLimit = UInt64(bytes)
    } else {
      level = try Self.level(name, value)
    }
  }

  private mutating func addPair(_ name: Bytes, _ value: Bytes) throws(UsageError) {
    let isPair: Bool
    do throws(RequestError) {
      isPair = name.equals("--scope") ? try defaults.addScope(value) : try defaults.addVariable(value)
    } catch {
      throw UsageError(name, error.statement, error.advice)
    }
    guard isPair else { throw UsageError(name, "is no pair", "give KEY=VALUE, such as language=en") }
  }

  // Arguments end in a zero byte, and so do the values in them.
  private static func path(_ name: Bytes, _ value: Bytes) throws(UsageError) -> UnsafePointer<CChar> {
    guard value.count > 0 else { throw UsageError(name, "is empty", "name a file") }
    return unsafe value.unsafeStart.assumingMemoryBound(to: CChar.self)
  }

  private static func publicKey(_ name: Bytes, _ value: Bytes) throws(UsageError) -> PublicKey {
    do throws(PublicKeyError) {
      return unsafe try PublicKey.named(value.unsafeStart.assumingMemoryBound(to: CChar.self))
    } catch {
      throw UsageError(name, error.statement, error.advice)
    }
  }

  private static func mode(_ name: Bytes, _ value: Bytes) throws(UsageError) -> OpenMode {
    if value.equals("lazy") { return .lazy }
    if value.equals("hot") { return .hot }
    if value.equals("all") { return .all }
    if value.equals("copy") { return .copy }
    throw UsageError(name, "is none of lazy, hot, all, copy", "give one of them")
  }

  private static func level(_ name: Bytes, _ value: Bytes) throws(UsageError) -> almanac_kernel_level {
    for level in [
      ALMANAC_KERNELS_AUTO, ALMANAC_KERNELS_PORTABLE, ALMANAC_KERNELS_AVX2, ALMANAC_KERNELS_AVX512,
      ALMANAC_KERNELS_NEON,
    ] where unsafe value.equals(Bytes(cString: almanac_kernels_name(level))) { return level }
    throw UsageError(name, "is none of auto, portable, avx2, avx512, neon", "give one of them")
  }
}
