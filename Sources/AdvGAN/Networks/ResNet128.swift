extension Networks {
  /// The published `resnet_small` pair for 128 x 128 images; the generator is SN-GAN's. The discriminator was co-trained without
  /// batch norm, which it can have.
  ///
  /// Generator 8w@4 -> 8w@8 -> 4w@16 -> 4w@32 -> 2w@64 -> w@128; discriminator w@64 -> 2w@32 -> 4w@16 -> 4w@8 -> 8w@4 -> 8w@4.
  static let resnet128 = NetworkKind(
    name: "resnet128", side: 128, allowsBatchNorm: true, hasAdversarialHead: true,
    discriminator: { shape in
      ResidualDiscriminator(
        [
          .init(factor: 1, halves: true), .init(factor: 2, halves: true), .init(factor: 4, halves: true), .init(factor: 4, halves: true),
          .init(factor: 8, halves: true), .init(factor: 8, halves: false),
        ], shape)
    },
    generator: { shape in
      ResidualGenerator(
        firstFactor: 8,
        [
          .init(factor: 8, doubles: true), .init(factor: 4, doubles: true), .init(factor: 4, doubles: true),
          .init(factor: 2, doubles: true), .init(factor: 1, doubles: true),
        ], shape)
    })
}
