import ArgumentParser
import BundleCompiler
import Terminal

struct KeygenCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "keygen",
    abstract: "Make a pair of keys for signing bundles.",
    discussion: """
      Writes NAME.key, the secret key, readable by its owner only, and NAME.pub, the public key that readers are given. \
      Both are keys of minisign, which can use them too. The secret key is encrypted with a passphrase that is asked for on \
      the terminal (or read from the first line of standard input), unless -W is given. Files that exist are never overwritten.

      Example: almanac keygen -o publisher
      """)

  @Option(
    name: [.customShort("o"), .customLong("output")],
    help: ArgumentHelp("What the files are called.", valueName: "name"))
  var name = "almanac"

  @Flag(name: .customShort("W"), help: "Do not encrypt the secret key.")
  var isPlain = false

  func run() throws {
    try refusing {
      let passphrase = isPlain ? nil : try Passphrase.choose()
      let key = try SecretKey()
      let (secretPath, publicPath) = ("\(name).key", "\(name).pub")
      let text = try key.text(passphrase: passphrase)
      try KeyFile.create(secretPath, text, mode: 0o600)
      do {
        try KeyFile.create(publicPath, key.publicKey.text, mode: 0o644)
      } catch {
        KeyFile.remove(secretPath)
        throw error
      }
      print("secret key  \(secretPath)  keep it, and a copy of it, where nobody else can read it")
      print("public key  \(publicPath)  \(key.publicKey.base64)")
    }
  }
}
