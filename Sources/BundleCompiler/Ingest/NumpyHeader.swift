/// What the header of a `.npy` file says about the array that follows.
///
/// Source: NEP 1, "A Simple File Format for NumPy Arrays"; versions 1.0, 2.0 and 3.0. The header is a Python dictionary
/// with the keys `descr`, `fortran_order` and `shape`; only the literals that numpy writes there are understood.
struct NumpyHeader: Equatable {
  /// The type of the array's elements.
  let element: NumpyElement
  /// The array's two dimensions.
  let rows: Int
  let width: Int
  /// Where the elements begin in the file.
  let dataOffset: Int

  /// Longer headers than this belong to arrays that are not embeddings.
  private static let maximumLength = 65_536

  /// Reads the header of `file`.
  static func read(_ file: InputFile) throws(InputError) -> NumpyHeader {
    let place = InputPlace(file: file.path)
    let again = "save the array with numpy.save"
    let start = try file.bytes(12, at: 0)
    guard start.count >= 6, start[0] == 0x93, String(decoding: start[1..<6], as: UTF8.self) == "NUMPY" else {
      throw place.error("the file does not begin as a .npy file does", do: again)
    }
    let truncated = place.error("the file ends inside its header", do: "\(again) again")
    guard start.count >= 10 else { throw truncated }
    let version = start[6]
    guard (1...3).contains(version) else {
      throw place.error("the file has .npy version \(version).\(start[7])", do: "\(again), which writes 1.0 to 3.0")
    }
    let prefix = version == 1 ? 10 : 12
    guard start.count >= prefix else { throw truncated }
    let length = start[8..<prefix].reversed().reduce(0) { $0 << 8 | Int($1) }
    guard length <= maximumLength else {
      throw place.error("the header has \(InputLimits.grouped(length)) bytes", do: "\(again) as a plain array")
    }
    let text = try file.bytes(length, at: prefix)
    guard text.count == length else { throw truncated }
    var literal = NumpyHeaderLiteral(text: text)
    guard let fields = literal.dictionary() else {
      throw place.error("the header is not the dictionary that numpy writes", do: again)
    }
    return try NumpyHeader(fields, dataOffset: prefix + length, place: place)
  }

  private init(
    _ fields: [(key: String, value: NumpyHeaderLiteral.Value)], dataOffset: Int, place: InputPlace
  ) throws(InputError) {
    func field(_ key: String) throws(InputError) -> NumpyHeaderLiteral.Value {
      guard let field = fields.first(where: { $0.key == key }) else {
        throw place.error("the header has no '\(key)'", do: "save the array with numpy.save")
      }
      return field.value
    }
    element = try NumpyElement(try field("descr"), place: place)
    guard case .bool(let isFortran) = try field("fortran_order") else {
      throw place.error("'fortran_order' in the header is neither True nor False", do: "save the array with numpy.save")
    }
    guard !isFortran else {
      throw place.error(
        "the array is stored column by column (fortran_order: True)",
        do: "save numpy.ascontiguousarray(array)")
    }
    guard case .tuple(let shape) = try field("shape") else {
      throw place.error("'shape' in the header is not a tuple of numbers", do: "save the array with numpy.save")
    }
    guard shape.count == 2 else {
      throw place.error(
        "the array has \(shape.count) dimension\(shape.count == 1 ? "" : "s"), not 2",
        do: "save one row per line: an array of shape (lines, components)")
    }
    rows = shape[0]
    width = shape[1]
    self.dataOffset = dataOffset
  }

  /// The length of the whole file, or `nil` if it overflows.
  var fileLength: Int? {
    let (elements, overflow) = rows.multipliedReportingOverflow(by: width)
    let (bytes, overflow2) = elements.multipliedReportingOverflow(by: element.size)
    let (length, overflow3) = bytes.addingReportingOverflow(dataOffset)
    return overflow || overflow2 || overflow3 ? nil : length
  }
}
