import BundleFormat

/// The prompts of a bundle: templates that become questions.
extension Bundle {
  static func arePrompts(_ bytes: Bytes) -> Bool {
    guard bytes.count <= PromptRecord.maximumSection else { return false }
    var offset = 0
    while offset < bytes.count {
      if PromptRecord(bytes, &offset) == nil { return false }
    }
    return true
  }

  /// The template of the prompt with this name, the layer's before its base's; `nil` if there is none. O(number of prompts).
  public func promptTemplate(_ name: Bytes) -> Bytes? {
    let bytes = promptMemory.bytes(promptMemory.capacity)
    var offset = 0
    while let prompt = PromptRecord(bytes, &offset) {
      if prompt.name.equals(name) { return prompt.template }
    }
    return base?.bundle.promptTemplate(name)
  }
}
