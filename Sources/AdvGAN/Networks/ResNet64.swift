extension Networks {
  /// The published `resnet_64` pair for 64 x 64 images; the generator is SN-GAN's. The discriminator was published without batch norm.
  ///
  /// Generator 16w@4 -> 8w@8 -> 4w@16 -> 2w@32 -> w@64; discriminator w@32 -> 2w@16 -> 4w@8 -> 8w@4 -> 16w@2.
  static let resnet64 = NetworkKind(
    name: "resnet64", side: 64, allowsBatchNorm: false, hasAdversarialHead: true,
    discriminator: { shape in
      ResidualDiscriminator(
        [
          .init(factor: 1, halves: true), .init(factor: 2, halves: true), .init(factor: 4, halves: true), .init(factor: 8, halves: true),
          .init(factor: 16, halves: true),
        ], shape)
    },
    generator: { shape in
      ResidualGenerator(
        firstFactor: 16,
        [
          .init(factor: 8, doubles: true), .init(factor: 4, doubles: true), .init(factor: 2, doubles: true),
          .init(factor: 1, doubles: true),
        ], shape)
    })
}
