import BundleFormat
import BundleReader
import Glibc

/// Puts a signature into a copy of a bundle. Nothing of the bundle changes but its footer.
public enum BundleSigner {
  /// Copies the bundle at `source` with `signature` in its footer, checks every byte of the copy, and renames it to `target`,
  /// which may be `source` and is never written in place. Mode 0444.
  ///
  /// - Parameters:
  ///   - signature: The text of a minisign signature of the bundle's descriptor.
  ///   - descriptor: The descriptor that was signed; the copy must have it.
  ///   - key: If given, the signature must be valid by it.
  /// - Throws: `WriteError`, also if the signature is none, is not one of this bundle, or the bundle is damaged. Nothing has changed then.
  public static func attach(
    _ signature: [UInt8], to source: String, descriptor: [UInt8], output target: String, key: PublicKey?
  ) throws {
    guard signature.withBytes({ MinisignSignature($0) }) != nil else {
      throw WriteError(
        "cannot sign \(source): the signature is not in the form of minisign, or longer than \(Footer.maximumSignature) "
          + "bytes; make it with minisign -Sm of the descriptor")
    }
    let publisher = try BundlePublisher(target: target)
    defer { publisher.discard() }
    try publisher.copy(source, descriptor: descriptor, signature: signature)
    do {
      _ = try Bundle.open(
        publisher.temporary, isInspected: true, mode: .all, requirements: OpenRequirements(publicKey: key))
    } catch {
      throw WriteError("cannot sign \(source): \(error)")
    }
    try publisher.publish()
  }
}

extension BundlePublisher {
  /// Makes the temporary file a copy of a bundle with another signature, all on disk.
  ///
  /// - Throws: `WriteError`, also if the bundle does not have this descriptor.
  fileprivate func copy(_ source: String, descriptor: [UInt8], signature: [UInt8]) throws {
    let input = open(source, O_RDONLY | O_CLOEXEC)
    guard input >= 0 else { throw WriteError.system("open", path: source, code: errno) }
    defer { close(input) }
    var status = stat()
    guard fstat(input, &status) == 0 else { throw WriteError.system("read", path: source, code: errno) }
    let length = UInt64(max(0, status.st_size))
    guard length >= UInt64(Footer.size) else {
      throw WriteError("cannot sign \(source): \(BundleError.tooShort(bytes: length))")
    }
    let body = length - UInt64(Footer.size)
    let last = try read(input, source, at: body, count: Footer.size)
    var footer: Footer
    do {
      footer = try last.withBytes { last throws(BundleError) in try Footer(last, fileLength: length) }
    } catch {
      throw WriteError("cannot sign \(source): \(error)")
    }
    guard footer.descriptor == descriptor else {
      throw WriteError("cannot sign \(source): the file was replaced meanwhile; sign it again")
    }
    footer.signature = signature
    try withTemporary { output in
      var done: UInt64 = 0
      while done < body {
        let part = try read(input, source, at: done, count: Int(min(body - done, 1 << 20)))
        try write(part, to: output, at: done)
        done += UInt64(part.count)
      }
      try write(footer.encoded, to: output, at: body)
      try finish(output)
    }
  }

  private func read(_ descriptor: Int32, _ path: String, at start: UInt64, count: Int) throws -> [UInt8] {
    var done = 0
    var code: Int32 = 0
    let bytes = [UInt8](unsafeUninitializedCapacity: count) { buffer, initialized in
      while done < count {
        let part = pread(descriptor, buffer.baseAddress! + done, count - done, off_t(start) + off_t(done))
        if part < 0, errno == EINTR { continue }
        guard part > 0 else {
          code = part < 0 ? errno : EIO
          break
        }
        done += part
      }
      initialized = done
    }
    guard code == 0 else { throw WriteError.system("read", path: path, code: code) }
    return bytes
  }
}
