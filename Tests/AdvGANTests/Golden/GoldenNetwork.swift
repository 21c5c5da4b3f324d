import AdvGAN
import NN
import TestSupport
import Testing

/// A whole network of a golden file, and the same network of ours.
struct GoldenNetwork: CustomTestStringConvertible, Sendable {
  /// Name of the file without its ending.
  let file: String
  /// Name of the kind of network.
  let network: String

  static let generators = ["resnet32", "resnet64", "resnet128", "resnet-imagenet"].map { name in
    GoldenNetwork(file: "generator_\(name.replacing("-", with: "_"))", network: name)
  }
  static let discriminators = [
    GoldenNetwork(file: "discriminator_resnet32", network: "resnet32"),
    GoldenNetwork(file: "discriminator_resnet32_bn", network: "resnet32"),
    GoldenNetwork(file: "preact_resnet18", network: "preact-resnet18"),
    GoldenNetwork(file: "vgg16", network: "vgg16"),
    GoldenNetwork(file: "discriminator_resnet64", network: "resnet64"),
    GoldenNetwork(file: "discriminator_resnet128", network: "resnet128"),
    GoldenNetwork(file: "discriminator_resnet128_bn", network: "resnet128"),
    GoldenNetwork(file: "discriminator_resnet_imagenet", network: "resnet-imagenet"),
    GoldenNetwork(file: "discriminator_resnet_imagenet_bn", network: "resnet-imagenet"),
  ]

  var testDescription: String { file }
  private var makesImages: Bool { file.hasPrefix("generator") }

  private struct Settings: Decodable { let width: Int, classes: Int, batchNorm: Bool?, latent: Int? }

  /// An engine's backend; where the file lists numbers that come too near a kink in this pass, they are put on PyTorch's side of it.
  func backend(_ engine: GoldenEngine, _ pass: String) throws -> any Backend {
    guard let sides = try GoldenSides(pass, of: self) else { return engine.backend() }
    return SidedBackend(engine.backend(), .golden(sides))
  }

  func fixture(_ group: String) throws -> Fixture { try Fixture(group, in: file) }

  func shape() throws -> NetworkShape {
    let settings = try fixture("").settings(Settings.self, "settings")
    return NetworkShape(
      width: settings.width, classes: settings.classes, batchNorm: settings.batchNorm ?? false, latentSize: settings.latent ?? 128)
  }

  func specifications() throws -> [ParameterSpecification] {
    makesImages ? try generator().specifications : try discriminator().specifications
  }

  func discriminator() throws -> any Discriminator { try kind().discriminator(shape()) }

  func generator() throws -> any Generator {
    guard let generator = try kind().generator else { throw NoSuchNetwork(name: network) }
    return try generator(shape())
  }

  /// With the file's weights.
  func discriminatorModel(on backend: any Backend) throws -> DiscriminatorModel {
    var model = DiscriminatorModel(try discriminator(), from: RandomStream(seed: 0), on: backend)
    try model.parameters.load(fixture("weights").all())
    return model
  }

  /// With the file's weights.
  func generatorModel(on backend: any Backend) throws -> GeneratorModel {
    var model = GeneratorModel(try generator(), from: RandomStream(seed: 0), on: backend)
    try model.parameters.load(fixture("weights").all())
    return model
  }

  private func kind() throws -> NetworkKind {
    guard let kind = Networks.named(network) else { throw NoSuchNetwork(name: network) }
    return kind
  }
}

struct NoSuchNetwork: Error { let name: String }

extension Parameters {
  /// Gradients by index as a state dict, nil ones omitted.
  func dictionary(of gradients: [Tensor?]) -> [String: StateTensor] {
    var copy = self
    for (index, gradient) in gradients.enumerated() { if let gradient { copy.update(index) { $0 = gradient } } }
    let named = zip(specifications, gradients).filter { $0.1 != nil }.map(\.0.name)
    return copy.stateDictionary.filter { named.contains($0.key) }
  }
}
