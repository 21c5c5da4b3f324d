import Jobs
import NN

/// Judges images: real or not, and of which class (AC-GAN's two heads, paper Fig. 4 d).
public protocol Discriminator: Sendable {
  var specifications: [ParameterSpecification] { get }
  /// `labels`: the class of each image, for heads that judge whether an image is a real one of its class; nil where it is not known.
  func callAsFunction(_ images: Images, labels: [Int]?, _ pass: Pass, _ tape: inout Tape) -> DiscriminatorOutput
}

/// The last part of a discriminator: judges features (N, C).
protocol DiscriminatorHeads: Sendable {
  func callAsFunction(_ features: Variable, labels: [Int]?, _ pass: Pass, _ tape: inout Tape) -> DiscriminatorOutput
}

/// Makes images of given classes from normal noise.
public protocol Generator: Sendable {
  var specifications: [ParameterSpecification] { get }
  /// Length of a noise vector.
  var latentSize: Int { get }
  /// z: (N, latentSize); one label an image.
  func callAsFunction(_ z: Tensor, labels: [Int], _ pass: Pass, _ tape: inout Tape) -> Images
}

/// What a network is built from, beside its name.
public struct NetworkShape: Equatable, Codable, Sendable {
  /// Channels of the narrowest block, 64 in the paper; within `widths`.
  public var width: Int
  /// How many classes the network knows; within `classCounts`.
  public var classes: Int
  /// Whether the discriminator has batch norm.
  public var batchNorm: Bool
  /// Momentum of the generator's conditional batch norm as PyTorch means it: running <- (1 - m) running + m batch. The published
  /// code passes 0.9 (docs/deviations.md).
  public var conditionalMomentum: Float
  /// How many numbers of noise the generator is given, 128 in the published code.
  public var latentSize: Int

  /// What job files, options and artifacts may ask for.
  public static let widths = 1...1024, classCounts = 1...100_000

  public init(width: Int, classes: Int, batchNorm: Bool = false, conditionalMomentum: Float = 0.1, latentSize: Int = 128) {
    (self.width, self.classes, self.batchNorm, self.conditionalMomentum) = (width, classes, batchNorm, conditionalMomentum)
    self.latentSize = latentSize
  }
}

/// A network one can name in a job file.
public struct NetworkKind: Sendable {
  public let name: String
  /// Side of the square images in pixels.
  public let side: Int
  /// Whether the discriminator can have batch norm.
  public let allowsBatchNorm: Bool
  /// Whether the published co-training gives it batch norm.
  public var publishedBatchNorm = false
  /// Whether the discriminator tells real images from fakes, which co-training needs.
  public let hasAdversarialHead: Bool
  public let discriminator: @Sendable (NetworkShape) -> any Discriminator
  /// Nil for a network that only classifies.
  public let generator: (@Sendable (NetworkShape) -> any Generator)?
}

extension NetworkKind {
  /// A generator of this kind.
  /// - Throws: `StageError` where the network only classifies.
  func makeGenerator(_ shape: NetworkShape) throws(StageError) -> any Generator {
    guard let generator else { throw StageError("the network '\(name)' has no generator") }
    return generator(shape)
  }
}

/// All networks. A new one is one file and one line here.
public enum Networks {
  public static let all: [NetworkKind] = [
    resnet32,
    resnet64,
    resnet128,
    resnetImageNet,
    preactResNet18,
    vgg16,
  ]

  public static var names: [String] { all.map(\.name) }

  /// Nil for a name that is not among `names`.
  public static func named(_ name: String) -> NetworkKind? { all.first { $0.name == name } }
}
