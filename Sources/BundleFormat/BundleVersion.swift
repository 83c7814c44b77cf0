/// The version of the file format that this code writes and reads. See `spec/v1/bundle-format.md`.
public enum BundleVersion {
  /// Changes when older readers must refuse newer files.
  public static let major: UInt16 = 1
  /// Changes when a section, key or trailing field is added that older readers may ignore.
  public static let minor: UInt16 = 0
}
