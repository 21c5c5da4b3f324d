import SystemPackage

/// The header of a safetensors file, checked against every rule of the format:
/// - 8 bytes of length, at most 100,000,000, little-endian; then so many bytes of JSON, `{` first, nothing but spaces behind it;
/// - names, keys and metadata once each, metadata strings only, no unknown keys;
/// - each tensor's range as long as its shape and type demand; the ranges together the whole rest of the file, without hole or overlap.
struct SafetensorsHeader {
  struct Tensor {
    let name: String
    let type: SafetensorsType
    let shape: [Int]
    /// In bytes from the start of the data.
    let begin: Int
    let end: Int
  }

  static let longest = 100_000_000

  /// In the order of their data.
  private(set) var tensors: [Tensor] = []
  private(set) var metadata: [String: String] = [:]
  /// In bytes from the start of the file.
  let dataStart: Int

  init(_ bytes: [UInt8], from path: FilePath) throws(FileError) {
    dataStart = try SafetensorsHeader.dataStart(bytes, path)
    var reader = JSONReader(bytes: bytes, range: 8..<dataStart, path: path)
    var names: Set<String> = []
    try reader.object { (reader, key) throws(FileError) in
      guard names.insert(key).inserted else { throw reader.error("each name once", "'\(key)' twice") }
      if key == "__metadata__" {
        metadata = try SafetensorsHeader.metadata(&reader)
      } else {
        tensors.append(try SafetensorsHeader.tensor(key, &reader))
      }
    }
    try reader.finish()
    tensors.sort { ($0.begin, $0.end) < ($1.begin, $1.end) }
    try checkRanges(dataSize: bytes.count - dataStart, path)
  }

  /// The product of the lengths; `nil` for a negative length or a product beyond `Int`.
  static func elementCount(of shape: [Int]) -> Int? {
    var count = 1
    for length in shape {
      let (product, overflow) = count.multipliedReportingOverflow(by: length)
      guard length >= 0, !overflow else { return nil }
      count = product
    }
    return count
  }

  /// The text as a JSON string.
  static func quoted(_ text: String) -> String {
    var quoted = "\""
    for scalar in text.unicodeScalars {
      switch scalar {
      case "\"": quoted += "\\\""
      case "\\": quoted += "\\\\"
      case "\u{0}"..<"\u{20}":
        let hex = String(scalar.value, radix: 16)
        quoted += "\\u" + String(repeating: "0", count: 4 - hex.count) + hex
      default: quoted.unicodeScalars.append(scalar)
      }
    }
    return quoted + "\""
  }

  private static func dataStart(_ bytes: [UInt8], _ path: FilePath) throws(FileError) -> Int {
    if let nature = FileNature(of: bytes), bytes.count > 8, bytes[8] != UInt8(ascii: "{") {
      throw FileError(
        .unsupported, path, expected: "a safetensors file", found: nature.words,
        advice: nature.advice ?? "name the file with the weights, saved by safetensors.torch.save_file")
    }
    guard bytes.count >= 8 else { throw damage(path, "byte 0", "8 bytes of header length", "the end of the file after \(bytes.count)") }
    let length = bytes[..<8].reversed().reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
    guard length <= UInt64(longest) else { throw damage(path, "byte 0", "a header of at most \(longest) bytes", "\(length)") }
    guard bytes.count - 8 >= Int(length) else { throw damage(path, "byte 8", "a header of \(length) bytes", "\(bytes.count - 8)") }
    guard length > 0, bytes[8] == UInt8(ascii: "{") else {
      throw damage(path, "byte 8", "'{'", length > 0 ? "byte \(bytes[8])" : "nothing")
    }
    return 8 + Int(length)
  }

  private static func metadata(_ reader: inout JSONReader) throws(FileError) -> [String: String] {
    var metadata: [String: String] = [:]
    try reader.object { (reader, key) throws(FileError) in
      guard metadata[key] == nil else { throw reader.error("each key of __metadata__ once", "'\(key)' twice") }
      metadata[key] = try reader.string()
    }
    return metadata
  }

  private static func tensor(_ name: String, _ reader: inout JSONReader) throws(FileError) -> Tensor {
    var (type, shape, range): (String?, [Int]?, [Int]?)
    reader.place = "tensor '\(name)'"
    defer { reader.place = nil }
    try reader.object { (reader, key) throws(FileError) in
      switch key {
      case "dtype" where type == nil: type = try reader.string()
      case "shape" where shape == nil: shape = try reader.integers()
      case "data_offsets" where range == nil: range = try reader.integers()
      default: throw reader.error("dtype, shape and data_offsets once each", "'\(key)'")
      }
    }
    guard let type, let shape, let range else { throw reader.error("dtype, shape and data_offsets", "less") }
    guard let known = SafetensorsType(rawValue: type) else {
      throw FileError(
        .unsupported, reader.path, at: reader.place, expected: "F32, F16, BF16, F64 or I64", found: "'\(type)'",
        advice: "convert the tensor to F32")
    }
    guard range.count == 2, range[0] <= range[1] else { throw reader.error("data_offsets [begin, end]", "\(range)") }
    let (size, overflow) = (elementCount(of: shape) ?? .max).multipliedReportingOverflow(by: known.size)
    guard !overflow, size == range[1] - range[0] else {
      throw reader.error(
        overflow ? "a shape of a size that exists" : "\(size) bytes for \(type) \(shape)", "\(range[1] - range[0]) bytes for \(shape)")
    }
    return Tensor(name: name, type: known, shape: shape, begin: range[0], end: range[1])
  }

  private func checkRanges(dataSize: Int, _ path: FilePath) throws(FileError) {
    var end = 0
    for tensor in tensors {
      guard tensor.begin == end else {
        throw SafetensorsHeader.damage(path, "tensor '\(tensor.name)'", "its data to begin at \(end)", "\(tensor.begin)")
      }
      end = tensor.end
    }
    guard end == dataSize else { throw SafetensorsHeader.damage(path, "byte \(dataStart)", "\(end) bytes of data", "\(dataSize)") }
  }

  private static func damage(_ path: FilePath, _ place: String, _ expected: String, _ found: String) -> FileError {
    FileError(.damaged, path, at: place, expected: expected, found: found, advice: "fetch or make the file again")
  }
}
