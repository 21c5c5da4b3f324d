import Jobs
import NN

/// A discriminator's answer to images, with the classes that the images show or were made for.
public struct Judged {
  public let output: DiscriminatorOutput
  public let labels: [Int]

  public init(_ output: DiscriminatorOutput, _ labels: [Int]) { (self.output, self.labels) = (output, labels) }

  /// Adversarial logits (N, 1).
  public var adversarial: Variable {
    guard let logits = output.adversarial else { preconditionFailure("a GAN loss needs a discriminator with an adversarial head") }
    return logits
  }
}

/// A part of a loss: weight * value. It is logged under its name.
public struct Term {
  public let name: String
  public let weight: Float
  /// A single number.
  public let value: Variable

  public init(_ name: String, weight: Float, _ value: Variable) { (self.name, self.weight, self.value) = (name, weight, value) }
}

/// What the two players of co-training minimise, each its own.
public protocol GANLoss: Choice {
  /// The discriminator's terms; names begin with `real_` or `fake_`, the side that they are measured on.
  func discriminator(real: Judged, fake: Judged, _ tape: inout Tape) -> [Term]

  /// The generator's terms, on fakes that the discriminator has judged.
  func generator(fake: Judged, _ tape: inout Tape) -> [Term]
}

/// All GAN losses. A new one is one file and one line here.
public enum GANLosses {
  public static let all: [any GANLoss.Type] = [SplitLoss.self, ACGANLoss.self, HingeLoss.self]
}

/// The paper's eq. (9): the discriminator learns the classes of real images only, the generator those of its own.
///
/// Discriminator: 0.5 BCE(real, 1) + 0.5 CE(real, label) + 0.5 BCE(fake, 0). The published code doubles the last weight, the paper's
/// formula does not. Generator: 0.5 BCE(fake, 1) + 0.5 CE(fake, label), the non-saturating form.
public struct SplitLoss: CrossEntropyGANLoss {
  public static let name = "split"
  public static let summary = "cross-entropies; the discriminator learns the classes of real images only (paper eq. 9)"
  public let weights: CrossEntropyWeights

  public init(_ weights: CrossEntropyWeights = CrossEntropyWeights(fakeClass: 0)) { self.weights = weights }
  public init(_ settings: inout SettingsReader) throws { weights = try CrossEntropyWeights(&settings, default: SplitLoss().weights) }
}

/// AC-GAN's eq. (8): the discriminator learns the classes of fakes too. All weights are 0.5.
public struct ACGANLoss: CrossEntropyGANLoss {
  public static let name = "acgan"
  public static let summary = "cross-entropies; the discriminator learns the classes of all images (AC-GAN, paper eq. 8)"
  public let weights: CrossEntropyWeights

  public init(_ weights: CrossEntropyWeights = CrossEntropyWeights()) { self.weights = weights }
  public init(_ settings: inout SettingsReader) throws { weights = try CrossEntropyWeights(&settings, default: ACGANLoss().weights) }
}

/// Weights of the four parts of a discriminator's loss: binary cross-entropy of adversarial logits and cross-entropy of classes, on real
/// images and on fakes.
public struct CrossEntropyWeights: Equatable, Sendable {
  public var realAdversarial: Float, realClass: Float, fakeAdversarial: Float, fakeClass: Float

  public init(realAdversarial: Float = 0.5, realClass: Float = 0.5, fakeAdversarial: Float = 0.5, fakeClass: Float = 0.5) {
    (self.realAdversarial, self.realClass, self.fakeAdversarial, self.fakeClass) = (realAdversarial, realClass, fakeAdversarial, fakeClass)
  }

  fileprivate init(_ settings: inout SettingsReader, default given: CrossEntropyWeights) throws {
    func weight(_ key: String, _ standard: Float, _ meaning: String) throws -> Float {
      Float(try settings.number(key, default: Double(standard), in: 0...1000, meaning))
    }
    realAdversarial = try weight("real_adversarial", given.realAdversarial, "weight of calling real images real")
    realClass = try weight("real_class", given.realClass, "weight of the classes of real images")
    fakeAdversarial = try weight("fake_adversarial", given.fakeAdversarial, "weight of calling generated images generated")
    fakeClass = try weight("fake_class", given.fakeClass, "weight of the classes of generated images in the discriminator's loss")
  }
}

/// Cross-entropies of both heads.
public protocol CrossEntropyGANLoss: GANLoss {
  var weights: CrossEntropyWeights { get }
}

extension CrossEntropyGANLoss {
  public func discriminator(real: Judged, fake: Judged, _ tape: inout Tape) -> [Term] {
    [
      Term("real_adversarial", weight: weights.realAdversarial, tape.meanBinaryCrossEntropy(real.adversarial, isOne: true)),
      Term("real_class", weight: weights.realClass, tape.meanCrossEntropy(real.output.classLogits, real.labels)),
      Term("fake_adversarial", weight: weights.fakeAdversarial, tape.meanBinaryCrossEntropy(fake.adversarial, isOne: false)),
      Term("fake_class", weight: weights.fakeClass, tape.meanCrossEntropy(fake.output.classLogits, fake.labels)),
    ]
  }

  public func generator(fake: Judged, _ tape: inout Tape) -> [Term] {
    [
      Term("generator_adversarial", weight: 0.5, tape.meanBinaryCrossEntropy(fake.adversarial, isOne: true)),
      Term("generator_class", weight: 0.5, tape.meanCrossEntropy(fake.output.classLogits, fake.labels)),
    ]
  }
}

extension Tape {
  /// The sum of weighted terms. One of weight 0 does not count and gets no gradient.
  mutating func sum(_ terms: [Term]) -> Variable { weightedSum(terms.map { ($0.weight, $0.value) }) }
}

/// A term of a loss after an update: weight * value.
public struct MeasuredTerm: Sendable {
  public let name: String
  public let weight: Float
  public let value: Float
}

extension [MeasuredTerm] {
  /// The weighted sum of those whose name has a prefix.
  func sum(_ prefix: String = "") -> Float {
    filter { $0.name.hasPrefix(prefix) && $0.weight != 0 }.reduce(0) { $0 + $1.weight * $1.value }
  }
}

extension [Term] {
  /// What they are worth.
  func measured(on backend: any Backend) -> [MeasuredTerm] {
    map { MeasuredTerm(name: $0.name, weight: $0.weight, value: backend.scalar($0.value.value)) }
  }
}
