import NN

/// How training images are varied before they reach a network.
public struct Augmentation: Equatable, Sendable {
  public enum Noise: String, CaseIterable, Sendable {
    /// x = byte / 127.5 - 1.
    case none
    /// x = (byte + u) / 128 - 1 with u uniform in [0, 1): within [-1, 1), as SN-GAN has it.
    case dequantise
    /// x = byte / 127.5 - 1 + u / 128: up to 1.0078, as the published code has it.
    case asPublished = "as-published"
  }

  /// Mirrors every other image, by chance.
  public var flips: Bool
  /// Moves an image by up to so many pixels either way, black coming in: the usual padding by 4 and random crop.
  public var shift: Int
  public var noise: Noise
  /// The square that is cut out of each image, before all else; nil for the whole image.
  public var crop: RandomCrop?

  public init(flips: Bool, shift: Int, noise: Noise, crop: RandomCrop? = nil) {
    self.crop = crop
    self.flips = flips
    self.shift = shift
    self.noise = noise
  }

  /// Images as they are.
  public static let none = Augmentation(flips: false, shift: 0, noise: .none)
}
