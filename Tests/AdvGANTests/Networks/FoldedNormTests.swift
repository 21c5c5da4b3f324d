import NN
import TestSupport
import Testing

@testable import AdvGAN

/// In inference phase, where nothing is learned, batch norm is folded into the filters before it.
@Suite struct FoldedNormTests {
  /// Runnable kernels at a width that the tiles serve, and one that they do not.
  @Test(arguments: KernelChoice.runnable, [8, 3])
  func foldingChangesNothing(_ kernels: KernelChoice, _ width: Int) throws {
    let scene = try Scene(width: width, CPUBackend(threads: 2, kernels: kernels))
    let (folded, whole) = (scene.output(scene.parameters, learns: false), scene.output(scene.parameters, learns: true))
    // Measured: 2e-6.
    let tolerance = Tolerance(length: 1e-5, peak: 2e-5)
    expectAgreement(folded.logits, StateTensor(whole.logits), "logits", within: tolerance)
    expectAgreement(folded.dx, StateTensor(whole.dx), "gradient of the images", within: tolerance)
  }

  /// Gamma, beta, mean, variance and filter alike.
  @Test(arguments: ["weight", "bias", "running_mean", "running_var", "c2.weight"])
  func foldedFiltersFollowEveryNumberTheyAreMadeOf(_ kind: String) throws {
    let scene = try Scene(width: 8, CPUBackend(threads: 1))
    let before = scene.output(scene.parameters, learns: false).logits.values
    let name = kind == "c2.weight" ? "block3.c2.weight" : "block3.b2.\(kind)"
    let index = try #require(scene.parameters.specifications.firstIndex { $0.name == name })
    var changed = scene.parameters
    changed.update(index) { tensor in
      tensor = scene.backend.tensor(tensor.values.enumerated().map { $0 == 0 ? 1.5 * $1 + 0.5 : $1 }, tensor.shape)
    }
    try scene.expectFollows(changed, unlike: before)
    // The state before is as it was.
    #expect(scene.output(scene.parameters, learns: false).logits.values == before)
  }

  @Test func foldedFiltersFollowStepsAndStatisticsAndAverages() throws {
    let scene = try Scene(width: 8, CPUBackend(threads: 1))
    var model = scene.model
    let before = scene.output(model.parameters, learns: false).logits.values

    var tape = Tape(on: scene.backend)
    let pass = Pass(model.parameters, .training, learns: true, on: &tape)
    let loss = tape.meanCrossEntropy(model.network(Images(constant: scene.x), labels: nil, pass, &tape).classLogits, [0, 1])
    let gradients = pass.gradients(tape.gradients(of: loss))
    model.parameters.absorb(pass.statistics)
    try scene.expectFollows(model.parameters, unlike: before)

    let absorbed = scene.output(model.parameters, learns: false).logits.values
    var optimiser: any Optimiser = Adam(beta1: 0, beta2: 0.9)
    optimiser.step(&model.parameters, gradients, rate: 0.01)
    try scene.expectFollows(model.parameters, unlike: absorbed)

    var averaged = scene.parameters
    _ = scene.output(averaged, learns: false)
    averaged.average(towards: model.parameters, keep: 0.5)
    try scene.expectFollows(averaged, unlike: before)

    try averaged.load(scene.parameters.stateDictionary)
    #expect(scene.output(averaged, learns: false).logits.values == before)
  }
}

/// A residual discriminator with batch norm whose statistics are far from 0 and 1, and two images.
private struct Scene {
  let backend: CPUBackend
  private(set) var model: DiscriminatorModel
  let x: Tensor
  var parameters: Parameters { model.parameters }

  init(width: Int, _ backend: CPUBackend) throws {
    self.backend = backend
    let network = Networks.resnet32.discriminator(NetworkShape(width: width, classes: 4, batchNorm: true))
    model = DiscriminatorModel(network, from: RandomStream(seed: 5), on: backend)
    var stream = RandomStream(seed: 6)
    x = backend.uniform([2, 32, 32, 3], low: -1, high: 1, &stream)
    for (index, specification) in model.parameters.specifications.enumerated() {
      let (low, high): (Float, Float)
      switch specification.name.split(separator: ".").last {
      case "running_mean": (low, high) = (-3, 3)
      case "running_var": (low, high) = (0.02, 9)
      case "weight" where specification.shape.count == 1: (low, high) = (-2, 2)
      case "bias": (low, high) = (-2, 2)
      default: continue
      }
      model.parameters.update(index) { $0 = backend.uniform(specification.shape, low: low, high: high, &stream) }
    }
  }

  /// Both heads' logits in inference phase, and the gradient of the images; not folded where a pass learns.
  func output(_ parameters: Parameters, learns: Bool) -> (logits: Tensor, dx: Tensor) {
    var tape = Tape(on: backend)
    let pass = Pass(parameters, .inference, learns: learns, on: &tape)
    let x = tape.trace(x)
    let output = model.network(Images(x), labels: nil, pass, &tape)
    let loss = tape.meanCrossEntropy(output.classLogits, [0, 1])
    guard let adversarial = output.adversarial else { preconditionFailure("resnet32 judges adversarial") }
    let total = tape.weightedSum([(1, loss), (1, tape.meanBinaryCrossEntropy(adversarial, isOne: true))])
    return (
      backend.joined([output.classLogits.value, backend.tensor(adversarial.value.values + [0, 0], [1, 4])]),
      tape.gradients(of: total)[x] ?? self.x
    )
  }

  /// Expects the folded network to be that of a fresh copy of these numbers, and another than before.
  func expectFollows(_ parameters: Parameters, unlike before: [Float], sourceLocation: SourceLocation = #_sourceLocation) throws {
    let found = output(parameters, learns: false).logits.values
    var fresh = Parameters(parameters.specifications, from: RandomStream(seed: 9), on: backend)
    try fresh.load(parameters.stateDictionary)
    #expect(found == output(fresh, learns: false).logits.values, sourceLocation: sourceLocation)
    #expect(found != before, sourceLocation: sourceLocation)
  }
}
