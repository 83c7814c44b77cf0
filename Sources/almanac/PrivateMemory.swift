import Foundation

/// The memory that belongs to this process alone.
enum PrivateMemory {
  /// Bytes of private pages that hold data, from the kernel's own account; zero where there is none.
  static var bytes: Int {
    guard let text = try? String(contentsOfFile: "/proc/self/smaps_rollup", encoding: .utf8) else { return 0 }
    var kilobytes = 0
    for line in text.split(separator: "\n") where line.hasPrefix("Private_Dirty:") {
      kilobytes += line.split(separator: " ").dropFirst().first.flatMap { Int($0) } ?? 0
    }
    return kilobytes * 1024
  }
}
