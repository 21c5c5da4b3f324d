import AdvGAN
import NN
import Testing

/// Two small fresh players with batch norm, four real images and four fakes.
struct CoTrainingScene {
  let trainer: CoTrainer
  let real: Tensor, fake: Tensor, z: Tensor
  let labels = [0, 3, 3, 1], fakeLabels = [2, 0, 4, 2]

  init(
    tracksFakes: Bool, _ loss: any GANLoss = SplitLoss(), hasClasses: Bool = true, on backend: any Backend
  ) throws {
    let kind = try #require(Networks.named("resnet32"))
    let shape = NetworkShape(width: 2, classes: 5, batchNorm: true)
    var stream = RandomStream(seed: 31)
    let makeGenerator = try #require(kind.generator)
    let generator = GeneratorModel(makeGenerator(shape), from: stream.derived("generator"), on: backend)
    let judge = hasClasses ? kind.discriminator(shape) : WithoutClasses(kind.discriminator(shape))
    let discriminator = DiscriminatorModel(judge, from: stream.derived("discriminator"), on: backend)
    trainer = CoTrainer(
      generator, discriminator, SGD(momentum: 0), SGD(momentum: 0), loss, tracksFakes: tracksFakes)
    real = backend.uniform([4, 32, 32, 3], low: -1, high: 1, &stream)
    fake = backend.uniform([4, 32, 32, 3], low: -0.2, high: 0.9, &stream)
    z = backend.normal([4, 128], &stream)
  }

  var realBatch: LabelledImages { LabelledImages(real, labels) }
  var fakeBatch: LabelledImages { LabelledImages(fake, fakeLabels) }

  /// The discriminator's parameters with the running statistics of these batches, one after another.
  func absorbing(_ batches: [Tensor]) -> Parameters {
    var parameters = trainer.discriminator.parameters
    for batch in batches { parameters.absorb(judge(batch).statistics) }
    return parameters
  }

  /// What the discriminator says in training phase, before it learns.
  func judged(_ images: Tensor) -> (adversarial: Tensor, classes: Tensor) {
    let output = judge(images).output
    return (output.adversarial?.value ?? images, output.classLogits.value)
  }

  private func judge(_ images: Tensor) -> (output: DiscriminatorOutput, statistics: [RunningStatistic]) {
    let model = trainer.discriminator
    var tape = Tape(on: model.backend)
    let pass = Pass(model.parameters, .training, learns: false, on: &tape)
    let output = model.network(Images(constant: images), labels: nil, pass, &tape)
    return (output, pass.statistics)
  }
}

/// A discriminator that only tells real images from generated ones, made of one with a class head.
struct WithoutClasses: Discriminator {
  private let whole: any Discriminator

  init(_ whole: any Discriminator) { self.whole = whole }

  var specifications: [ParameterSpecification] { whole.specifications }

  func callAsFunction(_ images: Images, labels: [Int]?, _ pass: Pass, _ tape: inout Tape) -> DiscriminatorOutput {
    let output = whole(images, labels: labels, pass, &tape)
    return DiscriminatorOutput(features: output.features, adversarial: output.adversarial, classes: nil)
  }
}
