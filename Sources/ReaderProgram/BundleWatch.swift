import BundleFormat
import BundleReader
import CKernels

/// Looks whether another bundle or layer was renamed to the place of one that answers, once a second.
struct BundleWatch {
  /// How long it waits between two looks, in nanoseconds.
  static let interval: UInt64 = 1_000_000_000

  private let files: BundleFiles
  private let mode: OpenMode
  private var requirements: OpenRequirements
  private var identity: UInt64
  private var nextLook: UInt64

  /// A watch on the files, before they are opened: one that comes later counts as another.
  init(_ options: borrowing Options, now: UInt64) {
    files = BundleFiles(options)
    // The requests after the swap shall not wait for checks, nor meet damage that could be seen before.
    mode = options.mode == .lazy ? .hot : options.mode
    requirements = options.requirements
    identity = files.identity
    nextLook = now &+ Self.interval
  }

  /// Opens the files if one is another and a second has passed; `nil` if not.
  ///
  /// - Throws: Why a new file is refused. It is not tried again.
  mutating func look(now: UInt64) throws(RefusedFile) -> Bundle? {
    guard now >= nextLook else { return nil }
    nextLook = now &+ Self.interval
    let found = files.identity
    guard found != 0, found != identity else { return nil }
    identity = found
    let bundle = try files.open(mode, requirements)
    follow(bundle)
    return bundle
  }

  /// What the next bundle must show, now that `bundle` answers.
  mutating func follow(_ bundle: Bundle) {
    requirements = requirements.following(version: bundle.footer.bundleVersion)
  }
}
