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
    get { storage[index] }
    set { storage[index] = newValue }
  }

  /// A copy of the elements.
  package var array: [Element] { Array(storage) }

  /// The elements from `index` on.
  func start(at index: Int) -> UnsafeMutablePointer<Element> { storage.baseAddress! + index }
}
