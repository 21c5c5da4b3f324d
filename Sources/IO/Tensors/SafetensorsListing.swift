import SystemPackage

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
