import IO
import Jobs
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
    (self.crop, self.flips, self.shift, self.noise) = (crop, flips, shift, noise)
  }

  /// Images as they are.
  public static let none = Augmentation(flips: false, shift: 0, noise: .none)
}

/// A random square cut out of a square image, as torchvision's `RandomResizedCrop` does it with a ratio of 1.
public struct RandomCrop: Equatable, Sendable {
  /// Shares of the image's area that a square may have, each equally likely; above 0, at most 1.
  public let shares: ClosedRange<Double>

  public init(shares: ClosedRange<Double>) {
    precondition(shares.lowerBound > 0 && shares.upperBound <= 1, "RandomCrop: shares must lie above 0 and up to 1, got \(shares)")
    self.shares = shares
  }

  /// The square of an image of so many pixels a side: its side is round(sqrt(share * side * side)), its place any, equally likely.
  func box(in side: Int, _ chance: inout RandomStream) -> ImageBox {
    let share = shares.lowerBound + (shares.upperBound - shares.lowerBound) * chance.fraction()
    let cut = min(max(1, Int((share * Double(side * side)).squareRoot().rounded())), side)
    return ImageBox(x: chance.integer(below: side - cut + 1), y: chance.integer(below: side - cut + 1), width: cut, height: cut)
  }
}

extension Augmentation {
  /// Reads `flips`, `shift`, `noise` and, where it is given, `crop`.
  init(_ settings: inout SettingsReader, default given: Augmentation) throws {
    self.init(
      flips: try settings.flag("flips", default: given.flips, "mirror every other image, by chance"),
      shift: try settings.integer("shift", default: given.shift, in: 0...64, "pixels that an image is moved by at most, either way"),
      noise: try settings.choice("noise", default: given.noise, "noise below one step of 8 bits"), crop: try RandomCrop(&settings))
  }
}

extension RandomCrop {
  /// Reads `crop`; nil where it is skipped.
  fileprivate init?(_ settings: inout SettingsReader) throws {
    guard let shares = try settings.optionalNumbers(
      "crop", in: 0.01...1, "smallest and largest share of the area of a square that is cut out first") else { return nil }
    guard shares.count == 2, shares[0] <= shares[1] else {
      throw settings.error(
        at: "crop", "'crop' takes the smallest and the largest share of an image's area that is cut out, such as [0.8, 0.9]")
    }
    self.init(shares: shares[0]...shares[1])
  }
}

extension ImageSet {
  /// The images at `places` as numbers (N, S, S, 3), augmented, with their labels; S is `side`, or (N, H, W, 3) where that is nil.
  /// In order: the crop, scaling to S, the flip, the shift, the noise. Each draws from a stream of its own under `stream`.
  /// - Throws: what reading an image throws.
  public func batch(
    _ places: [Int], _ augmentation: Augmentation, _ stream: RandomStream, on backend: any Backend
  ) throws(FileError) -> (images: Tensor, labels: [Int]) {
    var chance = stream.derived("framing")
    let framings = places.map { _ in
      ImageFraming(
        mirrored: augmentation.flips && chance.integer(below: 2) == 1,
        rows: augmentation.shift == 0 ? 0 : chance.integer(below: 2 * augmentation.shift + 1) - augmentation.shift,
        columns: augmentation.shift == 0 ? 0 : chance.integer(below: 2 * augmentation.shift + 1) - augmentation.shift)
    }
    var x = try numbers(
      places, augmentation.crop, stream.derived("crop"), framings, divisor: augmentation.noise == .dequantise ? 128 : 127.5, on: backend)
    if augmentation.noise != .none {
      var noise = stream.derived("noise")
      // So far below 1 that rounding the sum never reaches the next byte's number, 1 among them.
      let u = backend.uniform(x.shape, low: 0, high: 1 - 0x1p-17, &noise)
      backend.add(u, times: 1 / 128, to: &x)
    }
    return (x, places.map { labels[$0] })
  }

  /// The whole images at `places`, scaled to `side` and not varied.
  /// - Throws: what reading an image throws.
  public func batch(_ places: some Collection<Int>, on backend: any Backend) throws(FileError) -> (images: Tensor, labels: [Int]) {
    try batch(Array(places), .none, RandomStream(seed: 0), on: backend)
  }

  /// The numbers byte / divisor - 1 of cropped and scaled images, each in its framing.
  private func numbers(
    _ places: [Int], _ crop: RandomCrop?, _ stream: RandomStream, _ framings: [ImageFraming], divisor: Float, on backend: any Backend
  ) throws(FileError) -> Tensor {
    let (high, wide) = (side ?? height, side ?? width)
    if case .memory(let pixels) = supply, crop == nil, (high, wide) == (height, width) {
      return backend.images(pixels, at: places, framings: framings, height: height, width: width, divisor: divisor)
    }
    var chance = stream
    var pixels: [UInt8] = []
    pixels.reserveCapacity(places.count * high * wide * 3)
    for place in places {
      let image = try self[place]
      let cut = crop.map { image.cropped(to: $0.box(in: min(height, width), &chance)) } ?? image
      pixels += (cut.height, cut.width) == (high, wide) ? cut.rgb : cut.scaled(width: wide, height: high).rgb
    }
    return backend.images(pixels, at: Array(places.indices), framings: framings, height: high, width: wide, divisor: divisor)
  }
}
