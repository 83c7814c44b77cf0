import BundleFormat
import BundleReader
import CKernels
import Synchronization

/// What an `almanac_t` points to: the current bundle, and those replaced ones that queries are still reading.
///
/// Hazard pointers (Michael, 2004): a query writes the address of the current generation into its slot and looks again
/// whether it is still current; a generation that was replaced is unmapped once no slot holds it. Queries wait for
/// nobody. Each reload, and each query that ends on a generation that is no longer current, looks for what can be freed; so
/// the old mapping goes with its last query. After a `fork` the child has its own copy of all this.
final class SharedBundle: @unchecked Sendable {
  /// Reloads that succeeded, and those that left the old bundle in place.
  let reloads = Atomic<UInt64>(0)
  let failedReloads = Atomic<UInt64>(0)

  // What every bundle must show that is to be current.
  private let requirements: OpenRequirements
  // Addresses of objects that are kept alive by the place they stand in.
  private let current: Atomic<UInt>
  private let retired = Atomic<UInt>(0)
  private let slots = Atomic<UInt>(0)
  // The file at the current path that was tried last, be it opened or refused.
  private let triedIdentity: Atomic<UInt64>
  // The process of the thread that is freeing; zero if none is. What a thread of the parent of this process holds, nobody does.
  private let freeingProcess = Atomic<Int32>(0)
  private let isFreeingWanted = Atomic<Bool>(false)

  /// Opens the files at `paths`.
  init(_ paths: BundlePaths, mode: OpenMode, requirements: OpenRequirements) throws(BundleError) {
    self.requirements = requirements
    // Looked at before the files are opened: one that comes between then counts as another.
    let identity = paths.identity
    let generation = Generation(try paths.open(mode: mode, requirements), paths)
    current = Atomic(generation.retainedAddress())
    triedIdentity = Atomic(identity)
  }

  deinit {
    freeRetired { _ in false }
    Generation.release(current.load(ordering: .acquiring))
    var next = slots.load(ordering: .acquiring)
    while let slot = QuerySlot.at(next) {
      next = unsafe slot.takeUnretainedValue().next
      unsafe slot.release()
    }
  }

  // MARK: Reading

  /// Makes `slot` hold the current generation and returns its address.
  func enter(_ slot: QuerySlot) -> UInt {
    var address = current.load(ordering: .sequentiallyConsistent)
    var isFirst = true
    while true {
      slot.hold(address)
      let now = current.load(ordering: .sequentiallyConsistent)
      if now == address { break }
      address = now
      isFirst = false
    }
    // Whoever replaced the generation that was held for a moment may have seen that, and left it to its reader to free.
    if !isFirst { freeUnread() }
    return address
  }

  /// Makes `slot` hold nothing, and frees what was replaced meanwhile.
  func leave(_ slot: QuerySlot, _ address: UInt) {
    slot.hold(0)
    if current.load(ordering: .sequentiallyConsistent) != address { freeUnread() }
  }

  /// Calls `body` with the current generation, which stays mapped until `body` returns.
  func withCurrent<Value, Failure: Error>(_ body: (Generation) throws(Failure) -> Value) throws(Failure) -> Value {
    let slot = takeSlot()
    let address = enter(slot)
    defer {
      leave(slot, address)
      slot.giveBack()
    }
    // The address of the current generation is never zero.
    return try body(unsafe Generation.at(address).unsafelyUnwrapped.takeUnretainedValue())
  }

  // MARK: Reloading

  /// Makes the file at `path` the current bundle, with the current layer; `nil`: the file at the current path. On error nothing
  /// changes.
  func reload(path: UnsafePointer<CChar>?, mode: OpenMode) throws(BundleError) {
    let paths = withCurrent { $0.paths }
    try reload(
      BundlePaths(bundle: unsafe path.map { unsafe BundlePaths.copied($0) } ?? paths.bundle, layer: paths.layer), mode)
  }

  /// The same with the layer at `layer`; `nil`: none.
  func reload(
    path: UnsafePointer<CChar>?, layer: UnsafePointer<CChar>?, mode: OpenMode
  ) throws(BundleError) {
    let paths = withCurrent { $0.paths }
    try reload(
      BundlePaths(
        bundle: unsafe path.map { unsafe BundlePaths.copied($0) } ?? paths.bundle,
        layer: unsafe layer.map { unsafe BundlePaths.copied($0) } ?? []), mode)
  }

  private func reload(_ paths: BundlePaths, _ mode: OpenMode) throws(BundleError) {
    let isSame = withCurrent { $0.paths == paths }
    let identity = paths.identity
    do throws(BundleError) {
      let bundle = try paths.open(mode: mode, requirements)
      let old = try exchange(Generation(bundle, paths))
      triedIdentity.store(identity, ordering: .releasing)
      reloads.wrappingAdd(1, ordering: .relaxed)
      retire(old)
      freeUnread()
    } catch {
      if isSame { triedIdentity.store(identity, ordering: .releasing) }
      failedReloads.wrappingAdd(1, ordering: .relaxed)
      throw error
    }
  }

  // Makes `generation` the current one and returns the address of the one before, unless that has a version that it must not
  // follow: of two reloads at once the newer version then stays, whichever ends last.
  private func exchange(_ generation: Generation) throws(BundleError) -> UInt {
    let address = generation.retainedAddress()
    let slot = takeSlot()
    defer { slot.giveBack() }
    while true {
      // What a slot holds is not freed, so no other generation can come to have its address meanwhile.
      let old = enter(slot)
      defer { leave(slot, old) }
      do throws(BundleError) {
        let served = unsafe Generation.at(old).unsafelyUnwrapped.takeUnretainedValue().bundle.footer.bundleVersion
        try requirements.following(version: served).checkVersion(generation.bundle.footer)
      } catch {
        Generation.release(address)
        throw error
      }
      if current.compareExchange(expected: old, desired: address, ordering: .sequentiallyConsistent).exchanged {
        return old
      }
    }
  }

  /// Whether a file lies at one of the current paths that was not tried yet.
  var isReplaced: Bool {
    let identity = withCurrent { $0.paths.identity }
    return identity != 0 && identity != triedIdentity.load(ordering: .acquiring)
  }

  private func retire(_ address: UInt) {
    guard let generation = unsafe Generation.at(address)?.takeUnretainedValue() else { return }
    var first = retired.load(ordering: .acquiring)
    while true {
      generation.nextRetired = first
      let (exchanged, original) = retired.compareExchange(
        expected: first, desired: address, successOrdering: .acquiringAndReleasing, failureOrdering: .acquiring)
      if exchanged { return }
      first = original
    }
  }

  // Of several threads one frees; the others only leave word, which it looks for again before it stops.
  private func freeUnread() {
    isFreeingWanted.store(true, ordering: .sequentiallyConsistent)
    while isFreeingWanted.load(ordering: .sequentiallyConsistent), beginFreeing() {
      isFreeingWanted.store(false, ordering: .sequentiallyConsistent)
      freeRetired { isRead($0) }
      freeingProcess.store(0, ordering: .sequentiallyConsistent)
    }
  }

  private func beginFreeing() -> Bool {
    let process = almanac_process()
    var (begun, holder) = freeingProcess.compareExchange(
      expected: 0, desired: process, ordering: .sequentiallyConsistent)
    if !begun, holder != 0, holder != process {
      (begun, holder) = freeingProcess.compareExchange(
        expected: holder, desired: process, ordering: .sequentiallyConsistent)
    }
    return begun
  }

  private func freeRetired(unless isRead: (UInt) -> Bool) {
    var next = retired.exchange(0, ordering: .acquiringAndReleasing)
    while let generation = unsafe Generation.at(next)?.takeUnretainedValue() {
      let address = next
      next = generation.nextRetired
      if isRead(address) {
        retire(address)
      } else {
        // Sessions that have not been asked since still own the object, but never read it again.
        generation.bundle.unmap()
        Generation.release(address)
      }
    }
  }

  private func isRead(_ address: UInt) -> Bool {
    // In one order with `hold` and the exchange of `current`: a slot that is not in the list yet will find the new generation.
    var next = unsafe QuerySlot.at(slots.load(ordering: .sequentiallyConsistent))?.takeUnretainedValue()
    while let slot = next {
      if slot.holds(address) { return true }
      next = unsafe QuerySlot.at(slot.next)?.takeUnretainedValue()
    }
    return false
  }

  // MARK: Slots

  /// A slot for one session or call; to be given back.
  func takeSlot() -> QuerySlot {
    var first = slots.load(ordering: .acquiring)
    var next = unsafe QuerySlot.at(first)?.takeUnretainedValue()
    while let slot = next {
      if slot.take() { return slot }
      next = unsafe QuerySlot.at(slot.next)?.takeUnretainedValue()
    }
    let slot = QuerySlot()
    // The list keeps it alive from now on.
    let address = unsafe UInt(bitPattern: Unmanaged.passRetained(slot).toOpaque())
    while true {
      slot.next = first
      let (exchanged, original) = slots.compareExchange(
        expected: first, desired: address, ordering: .sequentiallyConsistent)
      if exchanged { return slot }
      first = original
    }
  }

  /// The sum of what all sessions have counted.
  var counters: QueryCounters {
    let sum = QueryCounters()
    var next = unsafe QuerySlot.at(slots.load(ordering: .acquiring))?.takeUnretainedValue()
    while let slot = next {
      sum.add(slot.counters)
      next = unsafe QuerySlot.at(slot.next)?.takeUnretainedValue()
    }
    return sum
  }
}
