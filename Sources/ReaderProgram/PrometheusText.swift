import BundleFormat
import BundleReader

/// Writes metrics in the text format of Prometheus (0.0.4).
struct PrometheusText: ~Copyable {
  private var buffer = ReplyBuffer(capacity: 8192)

  /// What was written.
  var bytes: Bytes { buffer.bytes }

  /// Forgets everything.
  mutating func clear() { buffer.rewind(to: 0) }

  /// Begins a metric.
  ///
  /// - Parameter kind: `counter`, `gauge` or `histogram`.
  mutating func metric(_ name: StaticString, _ kind: StaticString, _ help: StaticString) {
    buffer.write("# HELP ")
    buffer.write(name)
    buffer.write(" ")
    buffer.write(help)
    buffer.write("\n# TYPE ")
    buffer.write(name)
    buffer.write(" ")
    buffer.write(kind)
    buffer.write("\n")
  }

  /// A sample of a whole number.
  mutating func sample(_ name: StaticString, suffix: StaticString = "", _ value: UInt64) {
    begin(name, suffix)
    end(value)
  }

  /// A sample of a whole number with a label.
  mutating func sample(_ name: StaticString, label: StaticString, _ text: StaticString, _ value: UInt64) {
    begin(name, "")
    buffer.write("{")
    self.label(label, Bytes(text))
    buffer.write("}")
    end(value)
  }

  private mutating func end(_ value: UInt64) {
    buffer.write(" ")
    buffer.integer(value)
    buffer.write("\n")
  }

  /// A sample of a share, given in millionths; none if it is not known.
  mutating func share(_ name: StaticString, _ millionths: UInt32?) {
    guard let millionths else { return }
    begin(name, "")
    buffer.write(" ")
    buffer.share(millionths)
    buffer.write("\n")
  }

  /// A sample of seconds, given in nanoseconds.
  mutating func seconds(_ name: StaticString, _ suffix: StaticString, _ nanoseconds: UInt64) {
    begin(name, suffix)
    buffer.write(" ")
    decimal(nanoseconds)
    buffer.write("\n")
  }

  /// A bucket of a histogram over seconds: how many are at most so many nanoseconds, infinitely many if `nil`.
  mutating func bucket(_ name: StaticString, _ nanoseconds: UInt64?, _ count: UInt64) {
    begin(name, "_bucket")
    buffer.write("{le=\"")
    if let nanoseconds { decimal(nanoseconds) } else { buffer.write("+Inf") }
    buffer.write("\"} ")
    buffer.integer(count)
    buffer.write("\n")
  }

  /// The sample of a metric that says what runs: its value is 1, its labels say what.
  mutating func information(_ name: StaticString, _ labels: (inout PrometheusText) -> Void) {
    begin(name, "")
    buffer.write("{")
    labels(&self)
    buffer.write("} 1\n")
  }

  /// A label among those of `information`.
  mutating func label(_ name: StaticString, _ value: Bytes) {
    if buffer.bytes[buffer.count - 1] != UInt8(ascii: "{") { buffer.write(",") }
    buffer.write(name)
    buffer.write("=\"")
    for index in 0..<value.count {
      switch value[index] {
      case UInt8(ascii: "\""): buffer.write("\\\"")
      case UInt8(ascii: "\\"): buffer.write("\\\\")
      case UInt8(ascii: "\n"): buffer.write("\\n")
      case let byte: buffer.write(byte)
      }
    }
    buffer.write("\"")
  }

  private mutating func begin(_ name: StaticString, _ suffix: StaticString) {
    buffer.write(name)
    buffer.write(suffix)
  }

  // Nanoseconds as seconds, without zeros at the end.
  private mutating func decimal(_ nanoseconds: UInt64) {
    buffer.integer(nanoseconds / 1_000_000_000)
    buffer.write(".")
    var rest = nanoseconds % 1_000_000_000
    var unit: UInt64 = 100_000_000
    repeat {
      buffer.write(UInt8(ascii: "0") + UInt8(rest / unit))
      rest %= unit
      unit /= 10
    } while rest > 0
  }
}
