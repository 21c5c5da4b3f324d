import AdvGAN
import NN
import TestSupport
import Testing

/// The whole generator against PyTorch in float64, every tensor within 1e-4. The gradient of the noise is not taken: nothing needs it.
@Suite struct GoldenGeneratorTests {
  private let backend = CPUBackend(threads: 2)

  @Test(arguments: GoldenNetwork.generators, GoldenEngine.all)
  func aTrainingPassMatchesPyTorch(_ golden: GoldenNetwork, _ engine: GoldenEngine) throws {
    let backend = try golden.backend(engine, "training")
    let model = try golden.generatorModel(on: backend)
    let given = try golden.fixture("training")
    let (z, labels) = (backend.tensor(try given.plain("z")), try given.labels("labels"))
    var tape = Tape(on: backend)
    let pass = Pass(model.parameters, .training, learns: true, on: &tape)
    let y = model.network(z, labels: labels, pass, &tape).variable
    let gradients = tape.gradients(of: y, weightedBy: backend.tensor(try given.image("dy")))

    try expectImages(y.value, "y", given)
    try expectGradients(model.parameters.dictionary(of: pass.gradients(gradients)), given)
    try expectRunningStatistics(model.parameters, pass.statistics, given)
    expectNearKinksAlone(backend)
  }

  /// Images without a past are the same, and bring the same statistics.
  @Test(arguments: GoldenNetwork.generators)
  func imagesInTrainingPhaseMatchPyTorch(_ golden: GoldenNetwork) throws {
    let model = try golden.generatorModel(on: backend)
    let given = try golden.fixture("training")
    let (images, statistics) = model.images(backend.tensor(try given.plain("z")), try given.labels("labels"), .training)
    try expectImages(images, "y", given)
    try expectRunningStatistics(model.parameters, statistics, given)
  }

  @Test(arguments: GoldenNetwork.generators)
  func imagesInInferencePhaseMatchPyTorch(_ golden: GoldenNetwork) throws {
    let model = try golden.generatorModel(on: backend)
    let given = try golden.fixture("inference")
    let (images, statistics) = model.images(backend.tensor(try given.plain("z")), try given.labels("labels"), .inference)
    try expectImages(images, "y", given)
    #expect(statistics.isEmpty)
  }

  /// The published code's mistake, reproduced on demand: nine tenths of the running statistics come from the last batch.
  @Test func thePublishedMomentumAppliesToConditionalNormsAlone() throws {
    let (sound, published) = (try means(after: 0.1), try means(after: 0.9))
    for (name, mean) in sound {
      let factor: Float = name.hasSuffix("avg_mean") ? 9 : 1
      let expected = StateTensor(shape: mean.shape, values: mean.values.map { factor * $0 })
      expectAgreement(try #require(published[name]), expected, name)
    }
    #expect(sound.keys.contains("b6.running_mean") && sound.keys.contains("block2.b1.avg_mean"))
  }

  /// Running means of a fresh generator after one batch; they start at 0.
  private func means(after momentum: Float) throws -> [String: StateTensor] {
    let make = try #require(Networks.named("resnet32")?.generator)
    var model = GeneratorModel(
      make(NetworkShape(width: 2, classes: 3, conditionalMomentum: momentum)), from: RandomStream(seed: 2), on: backend)
    var stream = RandomStream(seed: 3)
    model.parameters.absorb(model.images(backend.normal([4, 128], &stream), [0, 1, 2, 0], .training).statistics)
    return model.parameters.stateDictionary.filter { $0.key.hasSuffix("_mean") }
  }
}
