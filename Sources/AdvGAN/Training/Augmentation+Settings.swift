import Jobs

extension Augmentation {
  /// Reads `flips`, `shift`, `noise` and, where it is given, `crop`.
  init(_ settings: inout SettingsReader, default given: Augmentation) throws {
    let noises = Noise.allCases.map(\.rawValue)
    let flips = try settings.flag("flips", default: given.flips)
    let shift = try settings.integer("shift", default: given.shift, in: 0...64)
    let noise = Noise(rawValue: try settings.choice("noise", of: noises, default: given.noise.rawValue)) ?? given.noise
    self.init(flips: flips, shift: shift, noise: noise, crop: try RandomCrop(&settings))
  }
}

extension RandomCrop {
  /// Reads `crop`; nil where it is skipped.
  fileprivate init?(_ settings: inout SettingsReader) throws {
    guard let shares = try settings.optionalNumbers("crop", in: 0.01...1) else { return nil }
    guard shares.count == 2, shares[0] <= shares[1] else {
      throw settings.error(
        at: "crop", "'crop' takes the smallest and the largest share of an image's area that is cut out, such as [0.8, 0.9]")
    }
    self.init(shares: shares[0]...shares[1])
  }
}
