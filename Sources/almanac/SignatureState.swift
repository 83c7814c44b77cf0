import BundleFormat
import BundleReader
import Terminal

/// What a bundle's signature is worth to who asked for a key, a version, both or nothing.
struct SignatureState {
  /// Why the bundle is not what was asked for; `nil` if it is.
  let refusal: BundleError?
  private let footer: Footer
  private let isChecked: Bool
  private let signature: MinisignSignature?

  init(_ footer: Footer, _ requirements: OpenRequirements) {
    self.footer = footer
    isChecked = requirements.publicKey != nil
    signature = footer.signature.withBytes { MinisignSignature($0) }
    do throws(BundleError) {
      try requirements.check(footer)
      refusal = nil
    } catch {
      refusal = error
    }
  }

  /// In one word.
  var name: String {
    if footer.signature.isEmpty { return "none" }
    if signature == nil { return "malformed" }
    guard isChecked else { return "unchecked" }
    switch refusal {
    case .foreignSignature, .wrongSignature: return "wrong"
    default: return "valid"
    }
  }

  /// In one line.
  var text: String {
    guard let signature else { return "signature  \(footer.signature.isEmpty ? "none" : "malformed")" }
    let key = "key \(PublicKey.name(signature.keyIdentifier))"
    switch name {
    case "valid": return "signature  valid, \(key); \(comment)"
    case "wrong": return "signature  not valid by the key given; it names \(key)"
    default: return "signature  not checked (see almanac verify --public-key); it names \(key)"
    }
  }

  /// As JSON.
  var object: JSONObject {
    var object = JSONObject()
    object.add("state", name)
    if let signature {
      object.add("key", PublicKey.name(signature.keyIdentifier))
      object.add("trusted_comment", comment)
    }
    return object
  }

  private var comment: String { String(decoding: signature?.trustedComment ?? [], as: UTF8.self) }
}
