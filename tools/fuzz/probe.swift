// Shows whether a compiler can fuzz: nothing but the entry of libFuzzer.

@_cdecl("LLVMFuzzerTestOneInput")
public func fuzzerTestOneInput(_ start: UnsafePointer<UInt8>, _ count: Int) -> CInt { 0 }
