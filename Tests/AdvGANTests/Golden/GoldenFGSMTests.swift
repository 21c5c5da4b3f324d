import AdvGAN
import NN
import TestSupport
import Testing

/// One step on the images of the golden PGD against PyTorch: the signs of the gradient, and what the network says after the step.
@Suite struct GoldenFGSMTests {
  private struct Numbers: Decodable { let epsilon: String, correct: Int }

  private let backend = CPUBackend(threads: 2)

  @Test func theStepFollowsTheSignsOfPyTorchsGradient() throws {
    let (model, chosen) = try scene()
    let expected = try Fixture("gradient", in: "fgsm").image("signs")
    let count = expected.shape[0]
    let batch = LabelledImages(backend.rows(chosen.images, 0..<count), Array(chosen.labels[0..<count]))
    let images = FGSM().images(batch, model, Threat(radius: .levels(4)), RandomStream(seed: 0)) {}
    let (before, after) = (backend.host(batch.images), backend.host(images))
    // A value at the edge of the range cannot follow a sign that points outwards.
    let free = before.indices.filter { abs(before[$0] + expected.values[$0] * 8 / 255) < 1 }
    let differing = free.filter { (after[$0] > before[$0] ? 1 : -1) != expected.values[$0] }
    #expect(free.count > 20_000 && differing.isEmpty, "\(differing.count) of \(free.count)")
    #expect(after.allSatisfy { abs($0) <= 1 })
  }

  @Test(arguments: ["epsilon4", "epsilon8"])
  func theNetworkSaysWhatItSaysInPyTorch(_ group: String) throws {
    let (model, batch) = try scene()
    let given = try Fixture(group, in: "fgsm")
    let numbers = try given.settings(Numbers.self)
    let threat = Threat(radius: try #require(Epsilon(parsing: numbers.epsilon)))
    let attacked = FGSM().attack(batch, model, threat, RandomStream(seed: 0)) {}
    let logits = model.classLogits(FGSM().images(batch, model, threat, RandomStream(seed: 0)) {})
    expectAgreement(StateTensor(logits), try given.plain("logits"), "logits", within: .network)
    #expect(attacked.verdicts.count { $0 == .survived } == numbers.correct && attacked.queries == 2 * batch.labels.count)
    #expect(attacked.verdicts == backend.isCorrect(logits, batch.labels).map { $0 ? .survived : .fooled })
  }

  /// The images whose gradients keep clear of 0, so that every engine finds the same signs.
  private func scene() throws -> (DiscriminatorModel, LabelledImages) {
    let all = try GoldenAttacks(on: backend)
    let places = try Fixture("chosen", in: "fgsm").labels("places")
    #expect(places.count > 100)
    let images = backend.joined(places.map { backend.rows(all.x, $0..<$0 + 1) })
    return (all.model, LabelledImages(images, places.map { all.labels[$0] }))
  }
}
