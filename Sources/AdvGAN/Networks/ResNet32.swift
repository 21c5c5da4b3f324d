extension Networks {
  /// The published `resnet_32` pair for 32 x 32 images. Its discriminator was co-trained with batch norm.
  ///
  /// Generator 16w@4 -> 8w@8 -> 4w@16 -> 2w@32 -> w@32; discriminator 2w@16 -> 2w@8 -> 2w@8 -> 2w@8.
  static let resnet32 = NetworkKind(
    name: "resnet32", side: 32, allowsBatchNorm: true, publishedBatchNorm: true, hasAdversarialHead: true,
    discriminator: { shape in
      ResidualDiscriminator(
        [.init(factor: 2, halves: true), .init(factor: 2, halves: true), .init(factor: 2, halves: false), .init(factor: 2, halves: false)],
        shape)
    },
    generator: { shape in
      ResidualGenerator(
        firstFactor: 16,
        [
          .init(factor: 8, doubles: true), .init(factor: 4, doubles: true), .init(factor: 2, doubles: true),
          .init(factor: 1, doubles: false),
        ], shape)
    })
}
