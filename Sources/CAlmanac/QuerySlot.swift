import BundleReader
import Synchronization

/// Where one session says which generation it reads, and counts what became of its queries.
///
/// Slots are never freed before their `SharedBundle`, so that whoever looks for a reader may walk them at any time; a slot
/// whose session is gone serves the next.
final class QuerySlot: @unchecked Sendable {
  /// What the session has counted. Stays when the slot changes hands.
  let counters = QueryCounters()
  /// The address of the slot that was made before this one; zero: there is none. Not a reference: a long list of them would be
  /// given back in one recursion per slot, for which a thread's stack may be too small. Set before others see the slot.
  var next: UInt = 0
  // The address of the generation that is being read, or zero.
  private let held = Atomic<UInt>(0)
  private let isTaken = Atomic<Bool>(true)

  /// A slot that is taken.
  init() {}

  /// The slot whose `address` this is. It must be alive.
  static func at(_ address: UInt) -> Unmanaged<QuerySlot>? {
    guard let pointer = unsafe UnsafeRawPointer(bitPattern: address) else { return nil }
    return unsafe Unmanaged<QuerySlot>.fromOpaque(pointer)
  }

  /// Takes the slot if it is free.
  func take() -> Bool { isTaken.compareExchange(expected: false, desired: true, ordering: .acquiring).exchanged }

  /// Gives the slot to the next session.
  func giveBack() { isTaken.store(false, ordering: .releasing) }

  /// Whether the generation at `address` is being read.
  func holds(_ address: UInt) -> Bool { held.load(ordering: .sequentiallyConsistent) == address }

  /// Says that the generation at `address` is being read; zero: none.
  func hold(_ address: UInt) { held.store(address, ordering: .sequentiallyConsistent) }
}
