import SystemPackage

/// The element types that are read; values lie little-endian in the file.
enum SafetensorsType: String {
  case float32 = "F32"
  case float16 = "F16"
  case bfloat16 = "BF16"
  case float64 = "F64"
  case int64 = "I64"
  case int32 = "I32"

  /// In bytes.
  var size: Int {
    switch self {
    case .float16, .bfloat16: 2
    case .float32, .int32: 4
    case .float64, .int64: 8
    }
  }

  /// The values as `Float`; `nil` when one of them cannot be held: an integer that would be rounded, a finite number beyond the range.
  func floats(_ bytes: ArraySlice<UInt8>) -> [Float]? {
    bytes.withUnsafeBytes { bytes in
      switch self {
      case .float32: SafetensorsType.copied(bytes)
      case .float16: convert(bytes, UInt16.self) { Float(Float16(bitPattern: $0)) }
      case .bfloat16: convert(bytes, UInt16.self) { Float(bitPattern: UInt32($0) << 16) }
      case .float64: convert(bytes, UInt64.self) { SafetensorsType.narrowed(Double(bitPattern: $0)) }
      case .int64: convert(bytes, UInt64.self) { Float(exactly: Int64(bitPattern: $0)) }
      case .int32: convert(bytes, UInt32.self) { Float(exactly: Int32(bitPattern: $0)) }
      }
    }
  }

  /// As they lie: every processor this program runs on is little-endian too.
  private static func copied(_ bytes: UnsafeRawBufferPointer) -> [Float] {
    [Float](unsafeUninitializedCapacity: bytes.count / 4) { buffer, count in
      UnsafeMutableRawBufferPointer(buffer).copyMemory(from: bytes)
      count = bytes.count / 4
    }
  }

  private static func narrowed(_ value: Double) -> Float? {
    let float = Float(value)
    return float.isInfinite && value.isFinite ? nil : float
  }

  private func convert<Bits: FixedWidthInteger & BitwiseCopyable>(
    _ bytes: UnsafeRawBufferPointer, _: Bits.Type, _ value: (Bits) -> Float?
  ) -> [Float]? {
    var values: [Float] = []
    values.reserveCapacity(bytes.count / size)
    for offset in stride(from: 0, to: bytes.count, by: size) {
      guard let value = value(Bits(littleEndian: bytes.loadUnaligned(fromByteOffset: offset, as: Bits.self))) else { return nil }
      values.append(value)
    }
    return values
  }
}

/// The tensors of a safetensors file without their numbers.
public struct SafetensorsListing: Sendable {
  public struct Tensor: Equatable, Sendable {
    public let name: String
    /// As the format writes it: `F32`.
    public let type: String
    /// The lengths of the dimensions, outermost first.
    public let shape: [Int]
  }

  /// In the order of their data.
  public let tensors: [Tensor]

  /// - Throws: what reading the file itself throws: see `SafetensorsHeader`.
  public init(bytes: [UInt8], from path: FilePath) throws(FileError) {
    tensors = try SafetensorsHeader(bytes, from: path).tensors.map { Tensor(name: $0.name, type: $0.type.rawValue, shape: $0.shape) }
  }
}
