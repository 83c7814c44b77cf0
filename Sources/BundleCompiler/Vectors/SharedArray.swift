/// An array that several threads fill, each its own places.
package final class SharedArray<Element>: @unchecked Sendable {
  private let storage: UnsafeMutableBufferPointer<Element>

  /// An array of `count` times `blank`.
  package init(count: Int, _ blank: Element) {
    storage = .allocate(capacity: count)
    storage.initialize(repeating: blank)
  }

  deinit {
    storage.deinitialize()
    storage.deallocate()
  }

  /// The element at `index`.
  package subscript(index: Int) -> Element {
    get {
      precondition(index >= 0 && index < storage.count)
      return storage[index]
    }
    set {
      precondition(index >= 0 && index < storage.count)
      storage[index] = newValue
    }
  }

  /// Makes the elements from `index` on those of `elements`.
  func copy(_ elements: [Element], at index: Int) {
    precondition(index >= 0 && elements.count <= storage.count - index)
    for (place, element) in elements.enumerated() { storage[index + place] = element }
  }

  /// A copy of the elements.
  package var array: [Element] { Array(storage) }
}
