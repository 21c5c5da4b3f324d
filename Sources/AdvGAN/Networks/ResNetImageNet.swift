extension Networks {
  /// The published `resnet` pair for 128 x 128 images of all 1,000 classes of ImageNet, twice as wide as `resnet128` where it is widest.
  /// Its discriminator was co-trained with batch norm.
  ///
  /// Generator 16w@4 -> 16w@8 -> 8w@16 -> 4w@32 -> 2w@64 -> w@128; discriminator w@64 -> 2w@32 -> 4w@16 -> 8w@8 -> 16w@4 -> 16w@4.
  static let resnetImageNet = NetworkKind(
    name: "resnet-imagenet", side: 128, allowsBatchNorm: true, publishedBatchNorm: true, hasAdversarialHead: true,
    discriminator: { shape in
      ResidualDiscriminator(
        [
          .init(factor: 1, halves: true), .init(factor: 2, halves: true), .init(factor: 4, halves: true), .init(factor: 8, halves: true),
          .init(factor: 16, halves: true), .init(factor: 16, halves: false),
        ], shape)
    },
    generator: { shape in
      ResidualGenerator(
        firstFactor: 16,
        [
          .init(factor: 16, doubles: true), .init(factor: 8, doubles: true), .init(factor: 4, doubles: true),
          .init(factor: 2, doubles: true), .init(factor: 1, doubles: true),
        ], shape)
    })
}
