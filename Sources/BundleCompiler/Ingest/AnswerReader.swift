import BundleFormat

/// Gives the answers of entries, reading each from its file again when it is asked for.
///
/// Answers are most of the input and are needed once, so ingest keeps only where they are. That the files are still as
/// they were is checked for each line by its checksum. Files stay open while the reader lives; several threads may ask.
final class AnswerReader: Sendable {
  private let files: [InputFile]
  private let entries: [EntryInput]

  /// Opens the files of entries of `inputs`.
  init(_ inputs: CompileInputs) throws(InputError) {
    var files: [InputFile] = []
    for source in inputs.recipe.entries {
      files.append(
        try InputFile(path: source.path, namedAt: InputPlace(file: inputs.recipe.path, line: source.line)))
    }
    self.files = files
    entries = inputs.entries
  }

  /// The answer of entry `ordinal`, which must be one of the inputs.
  ///
  /// - Throws: an error if the entry's line is no longer as it was.
  func answer(_ ordinal: Int) throws(InputError) -> String {
    let entry = entries[ordinal]
    let location = entry.answer
    let file = files[Int(location.file)]
    let place = InputPlace(file: file.path, line: Int(location.line))
    let changed = place.error(
      "the line of entry \"\(entry.id)\" changed during the compile",
      do: "compile again, and leave the file alone meanwhile")
    let buffer = InputBuffer(capacity: max(Int(location.length), 1))
    let count = try buffer.fill(from: file, at: Int(location.offset), count: Int(location.length))
    let bytes = buffer.window(0, count)
    guard count == Int(location.length), LineChecksum.of(bytes) == location.checksum else { throw changed }
    let record = try JSONRecord(bytes, place: place, shape: "")
    guard try ExactText(record.string("id")) == ExactText(entry.id) else { throw changed }
    return try record.string("answer")
  }
}
