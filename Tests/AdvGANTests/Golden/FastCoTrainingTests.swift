import NN
import TestSupport
import Testing

@testable import AdvGAN

/// The fast convolutions against the exact ones where every layer is wide enough for them.
@Suite struct FastCoTrainingTests {
  /// Wide enough for the fast convolutions everywhere, by plain gradient descent, which has no signs of its own.
  @Test(arguments: [true, false])
  func wideNetworksMoveAsTheReferenceDoes(_ batchNorm: Bool) throws {
    let notes = SidedBackend.Notes()
    let reference = try WideStep(SidedBackend(GoldenEngine.exact.backend(), .noted(into: notes)), batchNorm: batchNorm)
    for engine in GoldenEngine.fast {
      let follower = SidedBackend(engine.backend(), .followed(notes))
      let step = try WideStep(follower, batchNorm: batchNorm)
      for (player, moves) in step.after.moves(from: step.before, rate: 1) {
        // Measured: 1.3e-5.
        let deviation = try moves.deviation(from: try #require(reference.after.states[player]))
        #expect(deviation <= 1e-4, "\(player), \(engine.testDescription)")
      }
      #expect(follower.isAtTheEnd && follower.farthest <= 1e-4, "\(engine.testDescription)")
    }
  }
}

/// The numbers of both players at one moment.
private struct Players {
  let states: [String: [String: StateTensor]]

  init(_ trainer: CoTrainer) {
    states = [
      "generator": trainer.generator.parameters.stateDictionary, "discriminator": trainer.discriminator.parameters.stateDictionary,
    ]
  }

  func moves(from start: Players, rate: Float) -> [(String, Moves)] {
    states.map { player, state in (player, Moves(of: player, from: start.states[player] ?? [:], to: state, rate: rate)) }
  }
}

/// One step of both players, the generator's against the discriminator that has just learned.
private struct WideStep {
  let before: Players, after: Players

  init(_ backend: SidedBackend, batchNorm: Bool) throws {
    let shape = NetworkShape(width: 16, classes: 5, batchNorm: batchNorm, latentSize: 8)
    var stream = RandomStream(seed: 43)
    let generator = ResidualGenerator(
      firstFactor: 4, [.init(factor: 2, doubles: true), .init(factor: 2, doubles: true), .init(factor: 1, doubles: true)], shape)
    let discriminator = ResidualDiscriminator(
      [.init(factor: 2, halves: true), .init(factor: 2, halves: true), .init(factor: 2, halves: false)], shape)
    var trainer = CoTrainer(
      GeneratorModel(generator, from: stream.derived("generator"), on: backend),
      DiscriminatorModel(discriminator, from: stream.derived("discriminator"), on: backend), SGD(momentum: 0), SGD(momentum: 0),
      SplitLoss(), tracksFakes: false)
    before = Players(trainer)
    let real = backend.uniform([4, 32, 32, 3], low: -1, high: 1, &stream)
    let fakes = LabelledImages(trainer.fakes(backend.normal([4, 8], &stream), [1, 1, 0, 4]), [1, 1, 0, 4])
    _ = trainer.updateDiscriminator(real: LabelledImages(real, [0, 1, 2, 3]), fake: fakes, rate: 1e-2)
    _ = trainer.updateGenerator(backend.normal([4, 8], &stream), [2, 0, 3, 3], rate: 1e-2)
    after = Players(trainer)
  }
}
