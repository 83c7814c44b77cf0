import BundleFormat
import BundleReader
import CKernels

/// Looks whether another bundle was renamed to the place of the one that answers, once a second.
struct BundleWatch {
  /// How long it waits between two looks, in nanoseconds.
  static let interval: UInt64 = 1_000_000_000

  private let path: UnsafePointer<CChar>
  private let mode: OpenMode
  private let level: almanac_kernel_level
  private var requirements: OpenRequirements
  private var identity: UInt64
  private var nextLook: UInt64

  /// A watch on the file at `path`, before it is opened: one that comes later counts as another.
  init(_ options: borrowing Options, now: UInt64) {
    unsafe path = options.path
    // The requests after the swap shall not wait for checks, nor meet damage that could be seen before.
    mode = options.mode == .lazy ? .hot : options.mode
    level = options.level
    requirements = options.requirements
    identity = unsafe almanac_file_identity(path)
    nextLook = now &+ Self.interval
  }

  /// Opens the file if it is another one and a second has passed; `nil` if not.
  ///
  /// - Throws: Why the new file is refused. It is not tried again.
  mutating func look(now: UInt64) throws(BundleError) -> Bundle? {
    guard now >= nextLook else { return nil }
    nextLook = now &+ Self.interval
    let found = unsafe almanac_file_identity(path)
    guard found != 0, found != identity else { return nil }
    identity = found
    let bundle = unsafe try Bundle(path: path, mode: mode, level: level, requirements: requirements)
    follow(bundle)
    return bundle
  }

  /// What the next bundle must show, now that `bundle` answers.
  mutating func follow(_ bundle: Bundle) {
    requirements = requirements.following(version: bundle.footer.bundleVersion)
  }
}
