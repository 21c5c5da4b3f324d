import NN

/// The four weights of a discriminator's loss: binary cross-entropy of adversarial and cross-entropy of classes, on real and on fake images.
public struct DiscriminatorWeights: Equatable, Codable, Sendable {
  public var realAdversarial: Float, realClass: Float, fakeAdversarial: Float, fakeClass: Float

  public init(realAdversarial: Float, realClass: Float, fakeAdversarial: Float, fakeClass: Float) {
    self.realAdversarial = realAdversarial
    self.realClass = realClass
    self.fakeAdversarial = fakeAdversarial
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

  /// The paper's eq. (9): the discriminator classifies real images only. The published code doubles the weight of fakes
  /// (1 against 0.5 and 0.5), the paper's formula does not.
  public static let split = DiscriminatorObjective(
    name: "split",
    corrected: DiscriminatorWeights(realAdversarial: 0.5, realClass: 0.5, fakeAdversarial: 0.5, fakeClass: 0),
    asPublished: DiscriminatorWeights(realAdversarial: 0.5, realClass: 0.5, fakeAdversarial: 1, fakeClass: 0))

  /// AC-GAN's eq. (8): the discriminator classifies fakes too.
  public static let acgan = DiscriminatorObjective(
    name: "acgan",
    corrected: DiscriminatorWeights(realAdversarial: 0.5, realClass: 0.5, fakeAdversarial: 0.5, fakeClass: 0.5),
    asPublished: DiscriminatorWeights(realAdversarial: 0.5, realClass: 0.5, fakeAdversarial: 0.5, fakeClass: 0.5))

  /// Nil for a name that is not among those of `all`.
  public static func named(_ name: String) -> DiscriminatorObjective? { all.first { $0.name == name } }
}
