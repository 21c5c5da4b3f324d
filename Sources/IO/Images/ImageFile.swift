import SystemPackage

/// An image of either kind, told by its first bytes: ImageNet holds a PNG that is named .JPEG.
public enum ImageFile {
  /// - Parameter shorterSideAtLeast: how small a JPEG may come, as `JPEG.decode` says; a PNG comes in its own size always.
  /// - Throws: `.unsupported` for bytes that begin neither like a PNG nor like a JPEG; else as the decoders do.
  public static func decode(_ bytes: [UInt8], from path: FilePath, shorterSideAtLeast: Int? = nil) throws(FileError) -> Image {
    switch try kind(of: bytes, from: path) {
    case .png: try PNG.decode(bytes, from: path)
    case .jpeg: try JPEG.decode(bytes, from: path, shorterSideAtLeast: shorterSideAtLeast)
    }
  }

  /// The sides that the image has when it is decoded whole, from its header alone: that it can be decoded is not said.
  /// - Throws: as `decode`, for the header.
  public static func size(of bytes: [UInt8], from path: FilePath) throws(FileError) -> (width: Int, height: Int) {
    switch try kind(of: bytes, from: path) {
    case .png: try PNG.size(of: bytes, from: path)
    case .jpeg: try JPEG.size(of: bytes, from: path)
    }
  }

  private enum Kind { case png, jpeg }

  private static func kind(of bytes: [UInt8], from path: FilePath) throws(FileError) -> Kind {
    if bytes.starts(with: PNG.beginning) { return .png }
    if bytes.starts(with: [0xFF, 0xD8, 0xFF]) { return .jpeg }
    if let nature = FileNature(of: bytes) {
      let advice = nature.isImage ? "convert the image to PNG" : nature.advice ?? "take it out of the data"
      throw FileError(.unsupported, path, expected: "a PNG or JPEG image", found: nature.words, advice: advice)
    }
    let start = bytes.prefix(4).map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined(separator: " ")
    throw FileError(
      .unsupported, path, at: "byte 0", expected: "a PNG or JPEG image", found: "bytes \(start)",
      advice: "convert the image to PNG, or take it out of the data")
  }
}
