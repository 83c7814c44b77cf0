import Glibc

/// A text that equals only texts with the same bytes, for use as a dictionary key.
///
/// `String` compares by canonical equivalence, with Unicode tables that change with the toolchain. Ids and JSON keys are
/// bytes: what counts as a duplicate must not depend on the compiler's version.
package struct ExactText: Hashable, Sendable {
  package let text: String

  package init(_ text: String) { self.text = text }

  package static func == (left: ExactText, right: ExactText) -> Bool {
    left.withBytes { left in
      right.withBytes { right in
        unsafe left.count == right.count && memcmp(left.baseAddress!, right.baseAddress!, left.count) == 0
      }
    }
  }

  package func hash(into hasher: inout Hasher) {
    withBytes { unsafe hasher.combine(bytes: $0) }
  }

  /// Calls `body` with the bytes of the text, at an address even if there are none.
  private func withBytes<Result>(_ body: (UnsafeRawBufferPointer) -> Result) -> Result {
    let found = unsafe text.utf8.withContiguousStorageIfAvailable { unsafe body(UnsafeRawBufferPointer($0)) }
    // Swift's own strings are always contiguous; this is for those that another library has lent.
    if let found { return found }
    return unsafe Array(text.utf8).withUnsafeBytes { unsafe body($0) }
  }

  /// Whether `left` comes before `right` in the order of their bytes.
  package static func precedes(_ left: String, _ right: String) -> Bool {
    left.utf8.lexicographicallyPrecedes(right.utf8)
  }
}
