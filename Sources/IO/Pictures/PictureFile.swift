import SystemPackage

/// A picture of either kind, told by its first bytes: ImageNet holds a PNG that is named .JPEG.
public enum PictureFile {
  /// - Throws: `.unsupported` for bytes that begin neither like a PNG nor like a JPEG; else as the decoders do.
  public static func decode(_ bytes: [UInt8], from path: FilePath) throws(FileError) -> Picture {
    if bytes.starts(with: [0x89, 0x50, 0x4E, 0x47]) { return try PNG.decode(bytes, from: path) }
    if bytes.starts(with: [0xFF, 0xD8, 0xFF]) { return try JPEG.decode(bytes, from: path) }
    let start = bytes.prefix(4).map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined(separator: " ")
    throw FileError(
      .unsupported, path, at: "byte 0", expected: "a PNG or JPEG picture", found: bytes.isEmpty ? "an empty file" : "bytes \(start)",
      advice: "convert the picture to PNG")
  }
}
