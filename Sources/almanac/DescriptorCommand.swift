import ArgumentParser
import BundleFormat
import CKernels
import Glibc
import Terminal

struct DescriptorCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "descriptor",
    abstract: "Write the 256 bytes of a bundle that a signature covers.",
    discussion: """
      Two bundles have the same content if their descriptors are equal. The bytes go to standard output, for minisign -Sm; \
      see almanac sign.

      Example: almanac descriptor dev-faq.almanac > d
      """)

  @Argument(help: "The bundle.", completion: .file(extensions: ["almanac"]))
  var bundle: String

  func run() throws {
    try refusing {
      let descriptor = try openBundle(bundle, isInspected: true).footer.descriptor
      guard isatty(STDOUT_FILENO) == 0 else {
        throw KeyFile.Failure(description: "the descriptor is no text for a terminal; write it to a file with > FILE")
      }
      guard almanac_write(STDOUT_FILENO, descriptor, descriptor.count) == 0 else {
        throw KeyFile.Failure(
          description: "cannot write to standard output: \(String(cString: strerror(errno))); check space")
      }
    }
  }
}
