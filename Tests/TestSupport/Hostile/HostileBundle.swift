import BundleFormat

/// A bad bundle with a name: how it is made from a good one.
public struct HostileBundle: Sendable {
  /// The golden bundles of `spec/v1/vectors` that forgeries begin with.
  public enum Base: String, CaseIterable, Sendable {
    case tiny, sixty, lists

    /// The questions asked of what is made from it: at least one that is answered exactly, one that is answered by meaning if
    /// the bundle answers any, one that is not answered.
    public var questions: [String] {
      switch self {
      case .tiny:
        ["library phone number", "When does the library open?", "how tall is the lighthouse"]
      case .sixty:
        [
          "Why does Python use indentation for grouping of statements?",
          "Why does Python use indentation for the grouping of its statements", "what is this 10² ½ ß about",
        ]
      case .lists:
        [
          "where is the harbour lamp number 10", "where is the harbour lamp number 1310",
          "where might the harbour lamp be",
        ]
      }
    }
  }

  /// `GROUP/NAME`, unique.
  public let name: String
  /// What it begins with.
  public let base: Base
  private let forge: @Sendable (inout Forgery) -> Void

  init(_ name: String, _ base: Base = .sixty, _ forge: @escaping @Sendable (inout Forgery) -> Void) {
    self.name = name
    self.base = base
    self.forge = forge
  }

  /// The bytes of the file, given those of the good bundle, and its map if that is at hand.
  public func bytes(from good: [UInt8], map: BundleMap? = nil) -> [UInt8] {
    var forgery = Forgery(good, map: map)
    forge(&forgery)
    return forgery.sealed()
  }

  /// All of them, in the order of their groups.
  public static let all: [HostileBundle] =
    footers + hashTrees + truncations + metaPages + treePages + segments + parameters + records + answers + decisions
}
