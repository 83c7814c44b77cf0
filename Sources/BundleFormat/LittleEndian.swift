extension [UInt8] {
  /// Appends `value` in little-endian order, the only order in a bundle.
  @inlinable
  public mutating func append<Value: FixedWidthInteger>(littleEndian value: Value) {
    var rest = value
    for _ in 0..<(Value.bitWidth / 8) {
      append(UInt8(truncatingIfNeeded: rest))
      rest = Value.bitWidth > 8 ? rest >> 8 : 0
    }
  }

  /// Appends zeros until the length is a multiple of `alignment`.
  @inlinable
  public mutating func pad(toMultipleOf alignment: Int) {
    while count % alignment != 0 { append(0) }
  }

  /// Appends zeros until the length is `length`. The array must not be longer already.
  @inlinable
  public mutating func pad(to length: Int) {
    assert(count <= length)
    while count < length { append(0) }
  }

  /// Calls `body` with a window on the array's bytes, valid during the call only.
  @inlinable
  public func withBytes<Result, Failure: Error>(_ body: (Bytes) throws(Failure) -> Result) throws(Failure) -> Result {
    // A copy of the pointer may not leave the closure of `withUnsafeBytes`, but typed errors may not cross it on every
    // compiler; so the outcome is carried out as a value.
    var outcome: Swift.Result<Result, Failure>?
    unsafe withUnsafeBytes { buffer in
      let empty: StaticString = ""
      let start = unsafe buffer.baseAddress ?? UnsafeRawPointer(empty.utf8Start)
      do throws(Failure) {
        outcome = .success(try body(unsafe Bytes(start: start, count: buffer.count)))
      } catch {
        outcome = .failure(error)
      }
    }
    return try outcome!.get()
  }
}
