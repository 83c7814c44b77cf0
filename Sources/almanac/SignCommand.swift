import ArgumentParser
import BundleCompiler
import BundleFormat
import BundleReader
import Foundation
import Terminal

// Foundation has a Bundle too.
import class BundleReader.Bundle

struct SignCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "sign",
    abstract: "Sign a bundle, so that readers can tell whose it is.",
    discussion: """
      Signs the bundle's descriptor (length, root of the hash tree, version, expiry) and with it every byte of the bundle, and \
      keeps the signature in the bundle. Every byte is checked first. The file is never changed in place: a signed copy is \
      renamed over OUT, or over BUNDLE. A signature that is there already is replaced.

      With keys that only minisign may touch, say on another machine:
        almanac descriptor dev-faq.almanac > d
        minisign -Sm d
        almanac sign dev-faq.almanac --attach d.minisig

      Example: almanac sign dev-faq.almanac -s publisher.key -o signed.almanac
      """)

  @Argument(help: "The bundle.", completion: .file(extensions: ["almanac"]))
  var bundle: String

  @Option(
    name: [.short, .long], help: "The file of the secret key, of almanac keygen or minisign.",
    completion: .file(extensions: ["key"]))
  var secretKey: String?

  @Option(
    help: ArgumentHelp("A signature of the descriptor that minisign made.", valueName: "file"),
    completion: .file(extensions: ["minisig"]))
  var attach: String?

  @Option(
    help: "With --attach: refuse the signature if it is not one by this key, a .pub file or the key itself.",
    completion: .file(extensions: ["pub"]))
  var publicKey: PublicKey?

  @Option(
    name: [.customShort("t"), .long],
    help: "A text that is signed too and shown by verify. Default: name, version and root of the bundle.")
  var trustedComment: String?

  @Option(
    name: [.short, .long], help: "Where to write the signed bundle. Default: over BUNDLE, by renaming.",
    completion: .file(extensions: ["almanac"]))
  var output: String?

  func validate() throws {
    guard (secretKey == nil) != (attach == nil) else {
      throw ValidationError("give either -s, a secret key to sign with, or --attach, a signature")
    }
    guard publicKey == nil || attach != nil else { throw ValidationError("--public-key goes with --attach only") }
    guard let trustedComment else { return }
    guard attach == nil else {
      throw ValidationError("--trusted-comment goes with -s only: a signature that exists has its own")
    }
    guard trustedComment.utf8.count <= 1024,
      trustedComment.utf8.allSatisfy({ ($0 >= 0x20 || $0 == 0x09) && $0 != 0x7F })
    else {
      throw ValidationError("--trusted-comment must be one line of at most 1024 bytes, without control characters")
    }
  }

  func run() throws {
    try refusing {
      let interruption = Interruption()
      defer { interruption.stop() }
      let opened = try openBundle(bundle, isInspected: true)
      let descriptor = opened.footer.descriptor
      let signature: [UInt8]
      var key = publicKey
      if let secretKey {
        let secret = try KeyFile.secretKey(secretKey)
        let comment = try trustedComment ?? Self.comment(opened)
        signature = Array(secret.signature(of: descriptor, trustedComment: comment).utf8)
        key = secret.publicKey
      } else {
        signature = try KeyFile.read(attach ?? "", limit: Footer.maximumSignature)
      }
      let target = output ?? bundle
      try BundleSigner.attach(signature, to: bundle, descriptor: descriptor, output: target, key: key)
      let identifier = signature.withBytes { MinisignSignature($0)?.keyIdentifier } ?? 0
      print("\(target): signed with key \(PublicKey.name(identifier))")
      if key == nil { print("not checked against a public key; do so with almanac verify \(target) --public-key KEY") }
    }
  }

  private static func comment(_ bundle: Bundle) throws -> String {
    let manifest = try JSONSerialization.jsonObject(with: Data(try bundle.segment(.metaManifest, 0).copied))
    let name = (manifest as? [String: Any])?["name"] as? String ?? ""
    let plain = String(decoding: name.utf8.filter { $0 > 0x20 && $0 < 0x7F }, as: UTF8.self)
    return "bundle:\(plain)\tversion:\(bundle.footer.bundleVersion)\troot:\(bundle.footer.root.hexadecimal)"
  }
}

extension PublicKey: ExpressibleByArgument {
  /// The key that the argument names: its base64 text, or its file.
  public init?(argument: String) {
    guard let key = try? PublicKey.named(argument) else { return nil }
    self = key
  }
}
