import IO
import NN

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
