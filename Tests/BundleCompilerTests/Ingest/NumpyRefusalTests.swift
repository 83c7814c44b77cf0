import Testing

@testable import BundleCompiler

@Suite("Malformed .npy files are refused with what to do")
struct NumpyRefusalTests {
  /// The error about an entry whose embedding is in this file, without the file's name.
  private func refusal(_ bytes: [UInt8], entries: Int = 1) throws -> String {
    let folder = try InputFolder()
    try folder.write("entries.jsonl", (0..<entries).map { InputFolder.entry("e\($0)") }.joined())
    folder.recipe = "embeddings: {model: m, entries: e.npy}\n"
    try folder.write("e.npy", bytes: bytes)
    let refusal = try folder.refusal()
    #expect(refusal.hasPrefix("e.npy: ") || refusal == "not refused")
    return String(refusal.dropFirst("e.npy: ".count))
  }

  private func refusal(_ descr: String, _ shape: String, fortran: String = "False", data: Int = 8) throws -> String {
    try refusal(
      NumpyFixture.file(
        header: NumpyFixture.header(descr, shape, fortran: fortran), data: [UInt8](repeating: 1, count: data)))
  }

  private let astype = "save it as int8 or as little-endian float16, float32 or float64 (array.astype('<f4'))"

  @Test("wrong magic, version and header")
  func header() throws {
    #expect(try refusal([]) == "the file does not begin as a .npy file does; save the array with numpy.save")
    #expect(
      try refusal(Array("PK\u{3}\u{4} an .npz file".utf8))
        == "the file does not begin as a .npy file does; save the array with numpy.save")
    #expect(
      try refusal(NumpyFixture.file(header: "{}", data: [], version: 4))
        == "the file has .npy version 4.0; save the array with numpy.save, which writes 1.0 to 3.0")
    for length in [6, 8, 9, 11, 40] {
      #expect(
        try refusal(Array(NumpyFixture.int8([[1, 2, 3, 4, 5, 6, 7, 8]]).prefix(length)))
          == "the file ends inside its header; save the array with numpy.save again")
    }
    for text in ["", "{", "{'descr' '|i1'}", "{'descr': '|i1'} x", "{'shape': (1, -8)}", "{'a': True, 'a': True}"] {
      #expect(
        try refusal(NumpyFixture.file(header: text, data: []))
          == "the header is not the dictionary that numpy writes; save the array with numpy.save")
    }
    #expect(
      try refusal(NumpyFixture.file(header: "{'descr': '|i1', 'shape': (1, 8)}", data: []))
        == "the header has no 'fortran_order'; save the array with numpy.save")
  }

  @Test("an array stored column by column")
  func fortranOrder() throws {
    #expect(
      try refusal("|i1", "(1, 8)", fortran: "True")
        == "the array is stored column by column (fortran_order: True); save numpy.ascontiguousarray(array)")
  }

  @Test("types other than int8 and little-endian floats")
  func types() throws {
    #expect(try refusal(">f4", "(1, 8)") == "the array is big-endian (dtype '>f4'); \(astype)")
    #expect(try refusal("|O", "(1, 8)") == "the array holds Python objects (dtype 'object'); \(astype)")
    for descr in ["|u1", "<i4", "<c8", "<U4", "|b1"] {
      #expect(try refusal(descr, "(1, 8)") == "the array has the unknown dtype '\(descr)'; \(astype)")
    }
    let records = "{'descr': [('a', '<f4', (2,))], 'fortran_order': False, 'shape': (1, 8)}"
    #expect(
      try refusal(NumpyFixture.file(header: records, data: []))
        == "the array has records with named fields, not numbers; \(astype)")
  }

  @Test("other than two dimensions")
  func dimensions() throws {
    let remedy = "save one row per line: an array of shape (lines, components)"
    #expect(try refusal("|i1", "(8,)") == "the array has 1 dimension, not 2; \(remedy)")
    #expect(try refusal("|i1", "()") == "the array has 0 dimensions, not 2; \(remedy)")
    #expect(try refusal("|i1", "(1, 2, 4)") == "the array has 3 dimensions, not 2; \(remedy)")
  }

  @Test("a truncated array, one with bytes after it, and a size that overflows")
  func length() throws {
    let good = NumpyFixture.int8([[1, 2, 3, 4, 5, 6, 7, 8]])
    #expect(
      try refusal(good.dropLast())
        == "the file is truncated: 1 rows of 8 do not fit in \(good.count - 1) bytes; save the array again")
    #expect(try refusal(good + [0, 0]) == "2 bytes follow the array; save one array per file")
    let size = "(4611686018427387904, 8)"
    #expect(try refusal("<f8", size).hasPrefix("the file is truncated: 4611686018427387904 rows of 8 do not fit"))
  }

  @Test("rows of no components, however many there are said to be")
  func noComponents() throws {
    for rows in ["1", "1152921504606846976"] {
      #expect(
        try refusal("|i1", "(\(rows), 0)", data: 0)
          == "the rows of the array have no components; save one row of components per line")
    }
  }

  @Test("rows that are not as many as the lines")
  func rowCount() throws {
    let refused = try refusal(NumpyFixture.int8([[1, 2, 3, 4, 5, 6, 7, 8]]), entries: 2)
    #expect(
      refused
        == "the array has 1 rows, but entries.jsonl has 2 lines that are not blank; make one row per line, in the same order"
    )
  }

  @Test("widths outside 8 to 4,096")
  func width() throws {
    #expect(try refusal("|i1", "(1, 7)", data: 7) == "the vectors have 7 components; use a model with 8 to 4096")
    #expect(
      try refusal("|i1", "(1, 4097)", data: 4_097) == "the vectors have 4097 components; use a model with 8 to 4096")
  }

  @Test("NaN, infinite and zero vectors, with their row")
  func values() throws {
    let good: [Float] = [1, 2, 3, 4, 5, 6, 7, 8]
    func refused(_ column: Int, _ value: Float) throws -> String {
      var bad = good
      bad[column] = value
      return try refusal(NumpyFixture.float32([good, bad]), entries: 2)
    }
    let remedy = "check how the embeddings were made"
    #expect(try refused(3, .nan) == "row 1 (counted from 0) is NaN at component 3; \(remedy)")
    #expect(try refused(0, -.infinity) == "row 1 (counted from 0) is infinite at component 0; \(remedy)")
    let zero =
      "row 1 (counted from 0) is zero, which has no direction; check that the text was embedded, or remove the line"
    #expect(try refusal(NumpyFixture.float32([good, [Float](repeating: 0, count: 8)]), entries: 2) == zero)
    #expect(
      try refusal(NumpyFixture.int8([[1, 2, 3, 4, 5, 6, 7, 8], [Int8](repeating: 0, count: 8)]), entries: 2) == zero)
  }

  @Test("a file that is not there, at the line of the recipe that names it")
  func missing() throws {
    let folder = try InputFolder()
    folder.recipe = "embeddings:\n  model: m\n  entries: e.npy\n"
    #expect(
      try folder.refusal() == "recipe.yaml:6: file 'e.npy' cannot be opened (No such file or directory); "
        + "check that the path is right and may be read")
  }
}
