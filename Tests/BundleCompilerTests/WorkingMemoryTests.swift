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
      #expect(Int(bitPattern: memory.bytes.unsafeStart) % 64 == 0)
      #expect(folder.names == [])
      #expect(memory.bytes.copied.allSatisfy { $0 == 0 })
      memory.store([7], at: count - 1)
      #expect(memory.bytes[count - 1] == 7)
    }
  }
}
