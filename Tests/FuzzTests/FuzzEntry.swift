import Glibc

/// The entry of libFuzzer: one program for all targets, of which the environment variable ALMANAC_FUZZ_TARGET names one.
@_cdecl("LLVMFuzzerTestOneInput")
func fuzzerTestOneInput(_ start: UnsafePointer<UInt8>, _ count: Int) -> CInt {
  named.take(unsafe Array(UnsafeBufferPointer(start: start, count: count)))
  return 0
}

private let named: FuzzTarget = {
  guard let name = unsafe getenv("ALMANAC_FUZZ_TARGET"), let target = unsafe FuzzTarget(rawValue: String(cString: name))
  else {
    print("error: ALMANAC_FUZZ_TARGET names no target, run tools/fuzz/run")
    exit(64)
  }
  return target
}()
