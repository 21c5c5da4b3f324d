import NN

/// A batch of images (N, H, W, 3) with numbers in [-1, 1], as generators make and discriminators judge them.
public struct Images {
  public let variable: Variable

  public init(_ variable: Variable) {
    precondition(variable.shape.count == 4 && variable.shape[3] == 3, "Images: shape \(variable.shape) is not (N, H, W, 3)")
    self.variable = variable
  }

  /// Images whose gradient nobody wants.
  public init(constant tensor: Tensor) { self.init(Variable(constant: tensor)) }

  public var tensor: Tensor { variable.value }
}

/// What a discriminator says of N images.
public struct DiscriminatorOutput {
  /// What the heads are computed from: (N, C).
  public let features: Variable
  /// Logits (N, 1) of "this image is real"; nil for a network that only classifies.
  public let adversarial: Variable?
  /// Logits (N, classes); nil for a network without class head.
  public let classes: Variable?

  public init(features: Variable, adversarial: Variable?, classes: Variable?) {
    (self.features, self.adversarial, self.classes) = (features, adversarial, classes)
  }

  /// The class logits of a network that must have a class head.
  public var classLogits: Variable {
    guard let classes else { preconditionFailure("the discriminator has no class head") }
    return classes
  }
}
