import IO
import Jobs

/// What becomes of an image between its archive and the data set.
public struct ImagePreparation: Equatable, Sendable {
  public enum Framing: Equatable, Sendable {
    /// As it is; every image must have this side (nil: the size of the first).
    case exact(side: Int?)
    /// Scaled so that the shorter side has this many pixels, then the square in the middle, as SN-GAN prepares ImageNet.
    case centreSquare(side: Int)

    var scales: Bool { if case .centreSquare = self { true } else { false } }

    /// Of what is stored, in pixels; nil for that of the first image.
    var side: Int? {
      switch self {
      case .exact(let side): side
      case .centreSquare(let side): side
      }
    }
  }

  public enum Encoding: Equatable, Sendable {
    /// Without loss.
    case png
    case jpeg(quality: Int)

    /// What the members' names end with.
    var suffix: String { self == .png ? "png" : "jpg" }
  }

  public var framing: Framing
  public var encoding: Encoding
  /// Training images with a shorter side than this, in pixels, are skipped; 0 keeps all.
  public var minimumSide: Int
  /// Which share of the images may be broken and is then omitted.
  public var brokenShare: Double

  public init(framing: Framing = .exact(side: nil), encoding: Encoding = .png, minimumSide: Int = 0, brokenShare: Double = 0) {
    (self.framing, self.encoding, self.minimumSide, self.brokenShare) = (framing, encoding, minimumSide, brokenShare)
  }
}

extension ImagePreparation {
  /// For sources whose images have one size already. Settings: `size` (none).
  static func exact(_ settings: inout SettingsReader) throws -> ImagePreparation {
    ImagePreparation(framing: .exact(side: try settings.optionalInteger(
      "size", in: sides, "side in pixels that every image must have; by default the first image's")))
  }

  /// For sources whose images have many sizes. Settings: `size` (256), `minimum_side` (256), `encoding` (`jpeg`), `quality` (95, of `jpeg`),
  /// `broken_share` (0.001).
  static func centreSquare(_ settings: inout SettingsReader) throws -> ImagePreparation {
    let side = try settings.integer("size", default: 256, in: 1...8192, "the shorter side is scaled to so many pixels, then the middle square is cut out")
    let minimum = try settings.integer("minimum_side", default: 256, in: 0...65_535, "training images with a shorter side are skipped; 0 skips none")
    let isJPEG = try settings.choice("encoding", of: ["jpeg", "png"], default: "jpeg", "how images are stored") == "jpeg"
    let encoding = isJPEG ? Encoding.jpeg(quality: try settings.integer("quality", default: 95, in: 1...100, "JPEG quality; colours at half resolution")) : .png
    let share = try settings.number("broken_share", default: 0.001, in: 0...1, "share of the images that may be broken and are skipped; above it the stage fails")
    return ImagePreparation(framing: .centreSquare(side: side), encoding: encoding, minimumSide: minimum, brokenShare: share)
  }

  private static let sides = 1...65_535
}
