import Jobs
import NN
import Testing

@testable import AdvGAN

/// A fresh network and images to attack it with, all drawn from one seed.
struct AttackSubject: CustomTestStringConvertible, Sendable {
  let network: String
  let seed: UInt64

  static let all = ["resnet32", "preact-resnet18", "vgg16"].flatMap { name in (UInt64(0)..<2).map { AttackSubject(network: name, seed: $0) }
  }
  /// Those that tell real from fake.
  static let judging = all.filter { $0.network != "vgg16" }

  var testDescription: String { "\(network), seed \(seed)" }

  /// Where the network can have batch norm, it has it, with the images' own batchStatistics as running statistics. The heads of the
  /// sum-pooled network are at 2 % of their fresh size, so that its losses are not saturated.
  func model(on backend: any Backend) throws -> DiscriminatorModel {
    let kind = try #require(Networks.named(network))
    let shape = NetworkShape(width: 4, classes: 5, batchNorm: kind.allowsBatchNorm)
    var model = DiscriminatorModel(kind.discriminator(shape), from: RandomStream(seed: seed), on: backend)
    var tape = Tape(on: backend)
    let pass = Pass(model.parameters, .training, learns: false, on: &tape)
    _ = model.network(Images(constant: images(on: backend)), labels: nil, pass, &tape)
    for _ in 0..<40 { model.parameters.absorb(pass.statistics) }
    for (index, specification) in model.parameters.specifications.enumerated()
    where ["l5.weight", "l_y.weight"].contains(specification.name) {
      model.parameters.update(index) { $0 = backend.scaled($0, by: 0.02) }
    }
    return model
  }

  /// Eight images, a part of their numbers at the ends of [-1, 1].
  func images(on backend: any Backend) -> Tensor {
    var stream = RandomStream(seed: seed).derived("images")
    let shape = [8, 32, 32, 3]
    let numbers = backend.uniform(shape, low: -1.2, high: 1.2, &stream).values
    return backend.tensor(numbers.map { min(max($0, -1), 1) }, shape)
  }

  var labels: [Int] {
    var stream = RandomStream(seed: seed).derived("labels")
    return stream.integers(8, below: 5)
  }

  var stream: RandomStream { RandomStream(seed: seed).derived("attack") }
}

extension Epsilon {
  static func levels(_ count: Double) -> Epsilon { Epsilon(onUnitScale: count / 255) }
}

/// One of the objectives, by its place: existentials are no arguments of tests.
enum ObjectiveCase: String, CaseIterable, CustomTestStringConvertible {
  case crossEntropy, both

  var objective: any AttackObjective { self == .crossEntropy ? CrossEntropyObjective() : BothHeadsObjective() }
  var testDescription: String { rawValue }
}

extension AttackObjective {
  /// The objective of every image by itself.
  func values(_ model: DiscriminatorModel, _ images: Tensor, _ labels: [Int]) -> [Float] {
    labels.indices.map { n in
      var tape = Tape(on: model.backend)
      let pass = Pass(model.parameters, .inference, learns: false, on: &tape)
      let output = model.network(Images(constant: model.backend.rows(images, n..<n + 1)), labels: nil, pass, &tape)
      return values(output, [labels[n]], &tape).value.values[0]
    }
  }
}

extension DiscriminatorModel {
  /// The images of an attack.
  func attacked(_ x: Tensor, _ labels: [Int], by attack: any Attack, epsilon: Double, _ stream: RandomStream) -> Tensor {
    attack.images(LabelledImages(x, labels), self, Threat(radius: .levels(epsilon)), stream) {}
  }
}

extension InputGradient {
  /// These class logits, with a gradient that points somewhere.
  static func told(by classLogits: Tensor, of batch: LabelledImages, on backend: any Backend) -> InputGradient {
    InputGradient(
      gradient: backend.tensor([Float](repeating: 1, count: batch.images.count), batch.images.shape), values: backend.zeros([batch.labels.count]),
      classLogits: classLogits)
  }
}

/// An attack that tests make themselves: no job file names it.
protocol MadeAttack: IterativeAttack {}

extension MadeAttack {
  static var name: String { "made" }
  static var summary: String { "made by a test" }
  init(_ settings: inout SettingsReader) throws { throw settings.error("'made' is an attack of tests") }
  var objective: any AttackObjective { CrossEntropyObjective() }
}
