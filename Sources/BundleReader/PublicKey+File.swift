import BundleFormat

/// Why what should name a public key does not.
public enum PublicKeyError: UInt8, Error, Sendable {
  /// It is no key, and no file that can be read.
  case unreadable
  /// It is a file without a key.
  case malformed

  /// What is wrong.
  public var statement: StaticString {
    switch self {
    case .unreadable: "is neither a public key nor a file that can be read"
    case .malformed: "is a file that holds no minisign public key"
    }
  }

  /// What to do.
  public var advice: StaticString { "name a .pub file, or give its line that begins with RW" }
}

extension PublicKey {
  /// The key that a command line names: its base64 text, or the path of its file. `argument` is a C string.
  public static func named(_ argument: UnsafePointer<CChar>) throws(PublicKeyError) -> PublicKey {
    if let key = PublicKey(unsafe Bytes(cString: argument)) { return key }
    let file: FileMemory
    do throws(BundleError) {
      unsafe file = try FileMemory(path: argument, mode: .lazy)
    } catch {
      throw .unreadable
    }
    guard file.bytes.count <= maximumText, let key = PublicKey(file.bytes) else { throw .malformed }
    return key
  }

  /// The key that a command line names, as a Swift string; see above.
  public static func named(_ argument: String) throws(PublicKeyError) -> PublicKey {
    try (Array(argument.utf8) + [0]).withBytes { text throws(PublicKeyError) in
      unsafe try named(text.unsafeStart.assumingMemoryBound(to: CChar.self))
    }
  }
}
