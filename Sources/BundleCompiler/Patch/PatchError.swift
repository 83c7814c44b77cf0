import BundleFormat

/// Why a patch cannot be used.
enum PatchError: Error, Equatable, CustomStringConvertible {
  /// It does not begin like a patch.
  case notAPatch
  /// Only a later version of this program knows its format.
  case unsupportedVersion(UInt16)
  /// It is not as it was written.
  case damaged

  var description: String {
    switch self {
    case .notAPatch: "it is not a patch; make one with `almanac diff OLD NEW -o PATCH`"
    case .unsupportedVersion(let major):
      "its format is version \(major), and this program knows \(PatchHeader.major); use a later one"
    case .damaged: "it is damaged; fetch it again"
    }
  }
}
