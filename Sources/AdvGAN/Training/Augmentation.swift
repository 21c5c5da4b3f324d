import NN

/// How training pictures are varied before they reach a network.
public struct Augmentation: Equatable, Sendable {
  public enum Noise: String, CaseIterable, Sendable {
    /// x = byte / 127.5 - 1.
    case none
    /// x = (byte + u) / 128 - 1 with u uniform in [0, 1): within [-1, 1), as SN-GAN has it.
    case dequantise
    /// x = byte / 127.5 - 1 + u / 128: up to 1.0078, as the published code has it.
    case asPublished = "as-published"
  }

  /// Mirrors every other picture, by chance.
  public var flips: Bool
  /// Moves a picture by up to so many pixels either way, black coming in: the usual padding by 4 and random crop.
  public var shift: Int
  public var noise: Noise

  public init(flips: Bool, shift: Int, noise: Noise) {
    self.flips = flips
    self.shift = shift
    self.noise = noise
  }

  /// Pictures as they are.
  public static let none = Augmentation(flips: false, shift: 0, noise: .none)
}

extension PictureSet {
  /// The pictures at `places` as numbers (N, H, W, 3), with their labels.
  public func batch(
    _ places: [Int], _ augmentation: Augmentation, _ stream: RandomStream, on backend: any Backend
  ) -> (pictures: Tensor, labels: [Int]) {
    var chance = stream.derived("framing")
    let framings = places.map { _ in
      PictureFraming(
        mirrored: augmentation.flips && chance.integer(below: 2) == 1,
        rows: augmentation.shift == 0 ? 0 : chance.integer(below: 2 * augmentation.shift + 1) - augmentation.shift,
        columns: augmentation.shift == 0 ? 0 : chance.integer(below: 2 * augmentation.shift + 1) - augmentation.shift)
    }
    var x = backend.pictures(
      pixels, at: places, framings: framings, height: height, width: width, divisor: augmentation.noise == .dequantise ? 128 : 127.5)
    if augmentation.noise != .none {
      var noise = stream.derived("noise")
      // So far below 1 that rounding the sum never reaches the next byte's number, 1 among them.
      let u = backend.uniform(x.shape, low: 0, high: 1 - 0x1p-17, &noise)
      backend.add(u, times: 1 / 128, to: &x)
    }
    return (x, places.map { labels[$0] })
  }

  /// The pictures of a range as they are.
  public func batch(_ range: Range<Int>, on backend: any Backend) -> (pictures: Tensor, labels: [Int]) {
    batch(Array(range), .none, RandomStream(seed: 0), on: backend)
  }
}
