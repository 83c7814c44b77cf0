import TestSupport
import Testing

@testable import BundleCompiler

/// Large tables lie in a file without a name where there is a folder for it, and are zeroed memory in any case.
@Suite struct WorkingMemoryTests {
  @Test(arguments: [1, WorkingMemory.leastInFile - 1, WorkingMemory.leastInFile + 1])
  func theMemoryIsZeroedAlignedAndLeavesNoFile(count: Int) throws {
    let folder = try TemporaryFolder()
    for place in [nil, folder.path, folder.file("missing")] {
      let memory = WorkingMemory(count: count, folder: place)
      #expect(memory.count == count)
      #expect(Int(bitPattern: memory.start) % 64 == 0)
      #expect(folder.names == [])
      memory.withUnsafeBufferPointer { bytes in
        #expect(bytes.allSatisfy { $0 == 0 })
      }
      memory.start.storeBytes(of: 7, toByteOffset: count - 1, as: UInt8.self)
      memory.withUnsafeBufferPointer { bytes in
        #expect(bytes[count - 1] == 7)
      }
    }
  }
}
