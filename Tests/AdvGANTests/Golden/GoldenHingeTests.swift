import AdvGAN
import NN
import TestSupport
import Testing

/// The hinge loss against PyTorch's float64, and a co-training by it.
@Suite struct GoldenHingeTests {
  private let backend = CPUBackend(threads: 1)

  @Test(arguments: ["with_classes", "without_classes"], ["discriminator", "generator"])
  func lossAndGradientsArePyTorchs(_ group: String, _ player: String) throws {
    let given = try Fixture(group, in: "hinge")
    var tape = Tape(on: backend)
    var inputs: [String: Variable] = [:]
    for name in ["real", "fake", "real_classes", "fake_classes"] where given.has(name) {
      let tensor = try given.plain(name)
      inputs[name] = tape.trace(backend.tensor(tensor.values, tensor.shape))
    }
    let real = try judged("real", inputs, given), fake = try judged("fake", inputs, given)
    let loss = HingeLoss()
    let terms = player == "generator" ? loss.generator(fake: fake, &tape) : loss.discriminator(real: real, fake: fake, &tape)
    let total = tape.weightedSum(terms.map { ($0.weight, $0.value) })
    expectAgreement(StateTensor(total.value), try given.plain(player), player)
    let gradients = tape.gradients(of: total)
    for (name, input) in inputs {
      let expected = "d\(name)_\(player)"
      #expect((gradients[input] != nil) == given.has(expected), "\(expected)")
      guard let gradient = gradients[input], given.has(expected) else { continue }
      expectAgreement(StateTensor(gradient), try given.plain(expected), expected)
    }
  }

  @Test(arguments: [true, false])
  func playersLearnByIt(_ hasClasses: Bool) throws {
    let scene = try CoTrainingScene(tracksFakes: false, HingeLoss(), hasClasses: hasClasses, on: backend)
    var trainer = scene.trainer
    let attack = PGD(steps: 2, randomStart: true, objective: BothHeadsObjective())
    let real = trainer.discriminator.attacked(scene.real, scene.labels, by: attack, epsilon: 4, RandomStream(seed: 1))
    #expect(real.values != scene.real.values)
    let batch = LabelledImages(real, scene.labels)
    let judgements = (0..<5).map { _ in trainer.updateDiscriminator(real: batch, fake: scene.fakeBatch, rate: 0.0002) }
    let losses = judgements.map(\.loss)
    #expect(zip(losses, losses.dropFirst()).allSatisfy { $0 > $1 }, "\(losses)")
    #expect(judgements[0].terms.map(\.name) == ["real_adversarial", "fake_adversarial"] + (hasClasses ? ["real_class"] : []))
    #expect(judgements[0].correctReal.count == (hasClasses ? 4 : 0))
    let terms = (0..<2).map { _ in trainer.updateGenerator(scene.z, scene.fakeLabels, rate: 0.0002) }
    #expect(terms[1].reduce(0) { $0 + $1.weight * $1.value } < terms[0].reduce(0) { $0 + $1.weight * $1.value })
  }

  private func judged(_ side: String, _ inputs: [String: Variable], _ given: Fixture) throws -> Judged {
    let logits = try #require(inputs[side])
    let output = DiscriminatorOutput(features: logits, adversarial: logits, classes: inputs["\(side)_classes"])
    return Judged(output, try given.labels("\(side)_labels"))
  }
}
