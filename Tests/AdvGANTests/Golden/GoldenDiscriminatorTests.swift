import AdvGAN
import NN
import TestSupport
import Testing

/// Whole discriminators and classifiers against PyTorch in float64, every tensor within 1e-4; the fixtures keep clear of all kinks, or list what comes near.
/// Their widths are such that the fast convolutions serve many of their layers.
@Suite struct GoldenDiscriminatorTests {
  @Test(arguments: GoldenNetwork.discriminators, GoldenEngine.all)
  func aTrainingPassMatchesPyTorch(_ golden: GoldenNetwork, _ engine: GoldenEngine) throws {
    let backend = try golden.backend(engine, "training")
    let model = try golden.discriminatorModel(on: backend)
    let given = try golden.fixture("training")
    var tape = Tape(on: backend)
    let pass = Pass(model.parameters, .training, learns: true, on: &tape)
    let x = tape.trace(backend.tensor(try given.image("x")))
    let output = model.network(Images(x), labels: nil, pass, &tape)
    let loss = loss(output, try given.labels("labels"), &tape)
    let gradients = tape.gradients(of: loss)

    try expectOutput(output, given)
    expectAgreement(loss.value, try given.plain("loss"), "loss", within: .network)
    try expectImages(#require(gradients[x]), "dx", given)
    try expectGradients(model.parameters.dictionary(of: pass.gradients(gradients)), given)
    try expectRunningStatistics(model.parameters, pass.statistics, given)
    expectNearKinksAlone(backend)
  }

  /// Through the entry points of attacks and metrics.
  @Test(arguments: GoldenNetwork.discriminators, GoldenEngine.all)
  func anInferencePassMatchesPyTorch(_ golden: GoldenNetwork, _ engine: GoldenEngine) throws {
    let backend = try golden.backend(engine, "inference")
    let model = try golden.discriminatorModel(on: backend)
    let given = try golden.fixture("inference")
    let (x, labels) = (backend.tensor(try given.image("x")), try given.labels("labels"))
    // Of the sum over the batch, where the file has the mean.
    let gradient = model.inputGradient(of: BothHeadsObjective(), at: LabelledImages(x, labels))
    try expectImages(backend.scaled(gradient.gradient, by: 1 / Float(labels.count)), "dx", given)
    expectAgreement(try #require(gradient.classLogits), try given.plain("classes"), "classes", within: .network)
    expectAgreement(model.classLogits(x), try given.plain("classes"), "classes", within: .network)

    var tape = Tape(on: backend)
    let pass = Pass(model.parameters, .inference, learns: false, on: &tape)
    let output = model.network(Images(constant: x), labels: nil, pass, &tape)
    try expectOutput(output, given)
    expectAgreement(loss(output, labels, &tape).value, try given.plain("loss"), "loss", within: .network)
    #expect(pass.statistics.isEmpty)
    expectNearKinksAlone(backend)
  }

  /// 0.5 BCE(adversarial, real) + 0.5 CE(classes); CE alone for a network that only classifies.
  private func loss(_ output: DiscriminatorOutput, _ labels: [Int], _ tape: inout Tape) -> Variable {
    let classes = tape.meanCrossEntropy(output.classLogits, labels)
    guard let adversarial = output.adversarial else { return classes }
    return tape.weightedSum([(0.5, tape.meanBinaryCrossEntropy(adversarial, isOne: true)), (0.5, classes)])
  }

  private func expectOutput(_ output: DiscriminatorOutput, _ given: Fixture) throws {
    expectAgreement(output.classLogits.value, try given.plain("classes"), "classes", within: .network)
    #expect((output.adversarial != nil) == given.has("adversarial"))
    guard let adversarial = output.adversarial?.value else { return }
    let expected = try given.plain("adversarial")
    expectAgreement(adversarial, expected.reshaped(expected.shape + [1]), "adversarial", within: .network)
  }
}
