import NN

/// The four weights of a discriminator's loss: binary cross-entropy of realness and cross-entropy of classes, on real and on fake pictures.
public struct DiscriminatorWeights: Equatable, Codable, Sendable {
  public var realRealness: Float, realClass: Float, fakeRealness: Float, fakeClass: Float

  public init(realRealness: Float, realClass: Float, fakeRealness: Float, fakeClass: Float) {
    self.realRealness = realRealness
    self.realClass = realClass
    self.fakeRealness = fakeRealness
    self.fakeClass = fakeClass
  }
}

/// The named losses of co-training; what differs is only the discriminator's weights.
public struct DiscriminatorObjective: Sendable {
  public let name: String
  /// With sound weights, and as the published code has them.
  public let corrected: DiscriminatorWeights, asPublished: DiscriminatorWeights

  /// All objectives. A new one is one line here and one constant.
  public static let all = [split, acgan]

  /// The paper's eq. (9): the discriminator classifies real pictures only. The published code doubles the weight of fakes
  /// (1 against 0.5 and 0.5), the paper's formula does not.
  public static let split = DiscriminatorObjective(
    name: "split",
    corrected: DiscriminatorWeights(realRealness: 0.5, realClass: 0.5, fakeRealness: 0.5, fakeClass: 0),
    asPublished: DiscriminatorWeights(realRealness: 0.5, realClass: 0.5, fakeRealness: 1, fakeClass: 0))

  /// AC-GAN's eq. (8): the discriminator classifies fakes too.
  public static let acgan = DiscriminatorObjective(
    name: "acgan",
    corrected: DiscriminatorWeights(realRealness: 0.5, realClass: 0.5, fakeRealness: 0.5, fakeClass: 0.5),
    asPublished: DiscriminatorWeights(realRealness: 0.5, realClass: 0.5, fakeRealness: 0.5, fakeClass: 0.5))

  /// Nil for a name that is not among those of `all`.
  public static func named(_ name: String) -> DiscriminatorObjective? { all.first { $0.name == name } }
}
