import SystemPackage

/// Named tensors of 32-bit floating-point numbers in the safetensors format, in the file's own (PyTorch's) shapes.
///
/// Reading is strict: see `SafetensorsHeader`. Writing is deterministic, which the official writer is not.
public struct SafetensorsFile: Sendable, Equatable {
  public struct Entry: Sendable, Equatable {
    /// The lengths of the dimensions, outermost first; empty for a single number.
    public let shape: [Int]
    /// Row-major.
    public var values: [Float]

    public init(shape: [Int], values: [Float]) {
      let count = SafetensorsHeader.elementCount(of: shape)
      precondition(count == values.count, "SafetensorsFile.Entry: shape \(shape) does not hold \(values.count) values")
      (self.shape, self.values) = (shape, values)
    }
  }

  public var tensors: [String: Entry]
  /// `"format": "pt"` is added when written, if there is no other format.
  public var metadata: [String: String]

  public init(tensors: [String: Entry], metadata: [String: String] = [:]) { (self.tensors, self.metadata) = (tensors, metadata) }

  public init(reading path: FilePath) throws(FileError) { try self.init(bytes: try LocalDisk().read(path), from: path) }

  /// Accepts F32; F16 and BF16, which `Float` holds exactly; F64, rounded to nearest, if none goes beyond the range of `Float`;
  /// I32 and I64, if `Float` holds every value exactly.
  /// - Parameter skipped: names of tensors whose values nobody wants; they are left out.
  /// - Throws: `.damaged` for a broken rule of the format, `.unsupported` for other types or values that `Float` cannot hold.
  public init(bytes: [UInt8], from path: FilePath, without skipped: (String) -> Bool = { _ in false }) throws(FileError) {
    let header = try SafetensorsHeader(bytes, from: path)
    metadata = header.metadata
    tensors = [:]
    for tensor in header.tensors where !skipped(tensor.name) {
      let content = bytes[(header.dataStart + tensor.begin)..<(header.dataStart + tensor.end)]
      guard let values = tensor.type.floats(content) else {
        throw FileError(
          .unsupported, path, at: "tensor '\(tensor.name)'", expected: "values that a 32-bit number holds",
          found: "other \(tensor.type.rawValue)", advice: "convert the tensor to F32")
      }
      tensors[tensor.name] = Entry(shape: tensor.shape, values: values)
    }
  }

  /// The file's bytes: names and metadata sorted by their UTF-8 bytes, tensors in the same order, header padded to a multiple of 8.
  public func encoded() -> [UInt8] {
    var offset = 0
    let names = tensors.keys.sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }
    var parts = ["\"__metadata__\":\(metadataText())"]
    for name in names {
      guard let tensor = tensors[name] else { continue }
      precondition(name != "__metadata__", "SafetensorsFile.encoded: '__metadata__' is no name for a tensor")
      let count = SafetensorsHeader.elementCount(of: tensor.shape)
      precondition(
        count == tensor.values.count, "SafetensorsFile.encoded: '\(name)' of shape \(tensor.shape) holds \(tensor.values.count) values")
      let end = offset + tensor.values.count * 4
      let shape = tensor.shape.map(String.init).joined(separator: ",")
      parts.append("\(SafetensorsHeader.quoted(name)):{\"dtype\":\"F32\",\"shape\":[\(shape)],\"data_offsets\":[\(offset),\(end)]}")
      offset = end
    }
    var header = Array("{\(parts.joined(separator: ","))}".utf8)
    header += [UInt8](repeating: UInt8(ascii: " "), count: (8 - header.count % 8) % 8)
    precondition(header.count <= SafetensorsHeader.longest, "SafetensorsFile.encoded: a header of \(header.count) bytes is too long")
    var bytes: [UInt8] = []
    bytes.reserveCapacity(8 + header.count + offset)
    withUnsafeBytes(of: UInt64(header.count).littleEndian) { bytes.append(contentsOf: $0) }
    bytes += header
    for name in names { tensors[name]?.values.withUnsafeBytes { bytes.append(contentsOf: $0) } }
    return bytes
  }

  private func metadataText() -> String {
    let all = metadata.merging(["format": "pt"]) { given, _ in given }
    let sorted = all.sorted { $0.key.utf8.lexicographicallyPrecedes($1.key.utf8) }
    return "{\(sorted.map { "\(SafetensorsHeader.quoted($0.key)):\(SafetensorsHeader.quoted($0.value))" }.joined(separator: ","))}"
  }
}
