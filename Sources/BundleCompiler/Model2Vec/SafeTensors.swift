import BundleFormat

/// A safetensors file, read row by row: a length, a JSON header that names the tensors, and their values.
struct SafeTensors {
  /// A tensor as the header describes it.
  struct Tensor: Equatable {
    /// The type of its elements.
    var element: Element
    /// The number of elements in each direction, the slowest first.
    var shape: [Int]
    /// Where its values begin in the file, in bytes.
    var offset: Int

    /// The number of elements.
    var count: Int { shape.reduce(1, *) }
  }

  /// A type of element.
  enum Element: String, CaseIterable {
    case int8 = "I8"
    case int32 = "I32"
    case int64 = "I64"
    case bfloat16 = "BF16"
    case float16 = "F16"
    case float32 = "F32"
    case float64 = "F64"

    /// The size of an element in bytes.
    var size: Int {
      switch self {
      case .int8: 1
      case .bfloat16, .float16: 2
      case .int32, .float32: 4
      case .int64, .float64: 8
      }
    }

    /// The element at `index` of `bytes`, exact up to 2⁵³; zero outside.
    func value(_ bytes: Bytes, _ index: Int) -> Double {
      switch self {
      case .int8: Double(Int8(bitPattern: bytes[index]))
      case .int32: Double(bytes.integer(at: 4 * index, as: Int32.self) ?? 0)
      case .int64: Double(bytes.integer(at: 8 * index, as: Int64.self) ?? 0)
      case .bfloat16: Double(Float(bitPattern: UInt32(bytes.integer(at: 2 * index, as: UInt16.self) ?? 0) << 16))
      case .float16: Double(NumpyElement.widened(bytes.integer(at: 2 * index) ?? 0))
      case .float32: Double(Float(bitPattern: bytes.integer(at: 4 * index) ?? 0))
      case .float64: Double(bitPattern: bytes.integer(at: 8 * index) ?? 0)
      }
    }
  }

  /// The tensors by name.
  let tensors: [String: Tensor]
  let place: InputPlace
  private let file: InputFile

  private static let maximumHeader = 16 << 20
  private static let remedy = "download the model again, or save it with model2vec's save_pretrained"

  /// Opens the file at `path` and checks its header. The values are not read yet.
  ///
  /// - Throws: An error if it is no safetensors file, or a tensor lies outside it.
  init(path: String, namedAt named: InputPlace? = nil) throws(InputError) {
    file = try InputFile(path: path, namedAt: named)
    place = InputPlace(file: path)
    let lead = try file.bytes(8, at: 0)
    let stated: UInt64? = lead.withBytes { $0.integer(at: 0) }
    guard let stated, stated <= UInt64(Self.maximumHeader), Int(stated) <= file.size - 8 else {
      throw place.error("the file is not in the safetensors format: its header does not fit in it", do: Self.remedy)
    }
    let header = try file.bytes(Int(stated), at: 8)
    var tensors: [String: Tensor] = [:]
    for member in try JSONFile.object(header, place) where member.key != "__metadata__" {
      guard
        let tensor = Self.tensor(member.value, dataOffset: 8 + Int(stated), fileSize: file.size)
      else {
        throw place.error("the tensor '\(member.key)' has no shape and place that fit the file", do: Self.remedy)
      }
      // A type of element that nothing here uses is no reason to refuse the file.
      if let tensor = tensor.0 { tensors[member.key] = tensor }
    }
    self.tensors = tensors
  }

  /// The size of the file in bytes.
  var size: Int { file.size }

  /// The values of `count` elements of a tensor from `first` on.
  ///
  /// - Throws: An error if the file has become shorter.
  func values(_ tensor: Tensor, first: Int, count: Int) throws(InputError) -> [Double] {
    let length = count * tensor.element.size
    let bytes = try file.bytes(length, at: tensor.offset + first * tensor.element.size)
    guard bytes.count == length else {
      throw place.error("the file became shorter while it was read", do: "compile again")
    }
    return bytes.withBytes { window in (0..<count).map { tensor.element.value(window, $0) } }
  }

  /// BLAKE2b-256 of the file.
  func digest() throws(InputError) -> String {
    let digest = ContentDigest()
    let buffer = InputBuffer(capacity: 1 << 20)
    var position = 0
    while position < file.size {
      let count = try buffer.fill(from: file, at: position, count: min(1 << 20, file.size - position))
      guard count > 0 else { break }
      digest.add(buffer.window(0, count))
      position += count
    }
    return digest.hexadecimal()
  }

  // The inner optional is empty for an element type that is not known.
  private static func tensor(_ value: JSONValue, dataOffset: Int, fileSize: Int) -> (Tensor?, Void)? {
    guard let type = value["dtype"]?.text, let shape = value["shape"]?.elements?.map(\.wholeNumber),
      let offsets = value["data_offsets"]?.elements?.map(\.wholeNumber), offsets.count == 2,
      let start = offsets[0], let end = offsets[1], start >= 0, start <= end, end <= fileSize - dataOffset
    else { return nil }
    guard let element = Element(rawValue: type) else { return (nil, ()) }
    var length = element.size
    var sides: [Int] = []
    for side in shape {
      guard let side, side >= 0 else { return nil }
      let (product, isTooLarge) = length.multipliedReportingOverflow(by: side)
      guard !isTooLarge else { return nil }
      length = product
      sides.append(side)
    }
    guard length == end - start else { return nil }
    return (Tensor(element: element, shape: sides, offset: dataOffset + start), ())
  }
}
