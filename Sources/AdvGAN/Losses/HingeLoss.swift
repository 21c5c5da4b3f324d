import Jobs
import NN

/// The hinge loss of SN-GAN (Miyato et al. 2018) and SAGAN, with cross-entropies of the classes where the discriminator has a class head.
///
/// Discriminator: mean max(0, 1 - real) + mean max(0, 1 + fake) + class_weight CE(real, label). Generator: -mean fake + class_weight
/// CE(fake, label).
public struct HingeLoss: GANLoss {
  public static let name = "hinge"
  public static let summary = "hinge of adversarial logits (SN-GAN), and cross-entropy of classes where the network has them"
  public let classWeight: Float

  public init(classWeight: Float = 1) { self.classWeight = classWeight }

  public init(_ settings: inout SettingsReader) throws {
    let weight = try settings.number(
      "class_weight", default: 1, in: 0...1000, "weight of the classes: of real images for the discriminator, of its own for the generator")
    self.init(classWeight: Float(weight))
  }

  public func discriminator(real: Judged, fake: Judged, _ tape: inout Tape) -> [Term] {
    [
      Term("real_adversarial", weight: 1, hinge(real.adversarial, sign: -1, &tape)),
      Term("fake_adversarial", weight: 1, hinge(fake.adversarial, sign: 1, &tape)),
    ] + classTerm("real_class", real, &tape)
  }

  public func generator(fake: Judged, _ tape: inout Tape) -> [Term] {
    [Term("generator_adversarial", weight: -1, tape.mean(fake.adversarial))] + classTerm("generator_class", fake, &tape)
  }

  /// mean max(0, 1 + sign * logit).
  private func hinge(_ logits: Variable, sign: Float, _ tape: inout Tape) -> Variable {
    let ones = Variable(constant: tape.backend.tensor([Float](repeating: 1, count: logits.shape.reduce(1, *)), logits.shape))
    let distances = tape.weightedSum([(1, ones), (sign, logits)])
    return tape.mean(tape.relu(distances))
  }

  private func classTerm(_ name: String, _ judged: Judged, _ tape: inout Tape) -> [Term] {
    guard let classes = judged.output.classes else { return [] }
    return [Term(name, weight: classWeight, tape.meanCrossEntropy(classes, judged.labels))]
  }
}
