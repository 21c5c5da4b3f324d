import IO

/// A picture as a source brings it.
public enum RawPicture: Sendable {
  /// Pixels that were never in a picture file.
  case pixels(Picture)
  /// The bytes of a PNG or JPEG file.
  case file([UInt8])
}
