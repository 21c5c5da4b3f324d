import IO

/// An image as a source brings it.
public enum RawImage: Sendable {
  /// Pixels that were never in an image file.
  case pixels(Image)
  /// The bytes of a PNG or JPEG file.
  case file([UInt8])
}
