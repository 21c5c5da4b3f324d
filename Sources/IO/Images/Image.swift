import SystemPackage

/// An image of 8-bit RGB values.
public struct Image: Equatable, Sendable {
  public let width: Int
  public let height: Int
  /// (H, W, 3), row-major, in 0...255.
  public var rgb: [UInt8]

  public init(width: Int, height: Int, rgb: [UInt8]) {
    (self.width, self.height, self.rgb) = (width, height, rgb)
    checkSize("init")
  }

  /// Encoders ask again, for `rgb` can be changed and C reads as many bytes as the sides promise.
  func checkSize(_ operation: String) {
    let (area, overflow) = width.multipliedReportingOverflow(by: height)
    precondition(
      width > 0 && height > 0 && !overflow && area <= Int.max / 3 && rgb.count == area * 3,
      "Image.\(operation): \(width)x\(height) needs positive sides and 3 bytes a pixel, got \(rgb.count) bytes")
  }

  /// Decoders refuse images of more pixels than this before they allocate anything (300 MB as RGB).
  public static let largestPixelCount = 100_000_000

  /// The bytes of an RGB image of this size.
  /// - Throws: `.unsafe` when it has no pixels or more than `largestPixelCount`.
  static func byteCount(width: Int, height: Int, from path: FilePath) throws(FileError) -> Int {
    let (area, overflow) = width.multipliedReportingOverflow(by: height)
    guard width > 0, height > 0, !overflow, area <= largestPixelCount else {
      throw FileError(
        .unsafe, path, expected: "an image of 1 to \(largestPixelCount) pixels", found: "\(width)x\(height)",
        advice: "the header is damaged, or the image must be scaled down first")
    }
    return area * 3
  }
}

/// Part of an image, in pixels from its upper left corner.
public struct ImageBox: Equatable, Sendable {
  public let x: Int
  public let y: Int
  public let width: Int
  public let height: Int

  public init(x: Int, y: Int, width: Int, height: Int) { (self.x, self.y, self.width, self.height) = (x, y, width, height) }
}
