import NN
import Testing

@testable import AdvGAN

/// What is measured is training itself, and times are what the clock says.
@Suite struct CoTrainingBenchmarkTests {
  /// Says 0, 1, 3, 6, 10, ...: every span is another one.
  private final class Clock {
    private var now = 0.0, span = 0.0
    func tick() -> Double {
      now += span
      span += 1
      return now
    }
  }

  private func benchmark(threads: Int = 1, network: NetworkKind = Networks.resnet32) throws -> CoTrainingBenchmark {
    let shape = NetworkShape(width: 1, classes: 3, batchNorm: network.allowsBatchNorm)
    let settings = CoTrainingBenchmarkSettings(network, shape, batch: 2, steps: 2)
    return try CoTrainingBenchmark(settings, on: CPUBackend(threads: threads), clock: Clock().tick)
  }

  @Test func aRoundGivesTheSpansBetweenItsMoves() throws {
    var benchmark = try benchmark()
    #expect(benchmark.round() == .init(attack: 1, updateDiscriminator: 2, updateGenerator: 3))
    #expect(benchmark.round() == .init(attack: 5, updateDiscriminator: 6, updateGenerator: 7))
  }

  /// Their weights, their running statistics and their optimisers.
  @Test(arguments: ["resnet32", "preact-resnet18"]) func bothPlayersLearnInARound(_ name: String) throws {
    var benchmark = try benchmark(network: try #require(Networks.named(name)))
    let before = benchmark.trainer
    _ = benchmark.round()
    let pairs = [
      (before.generator.parameters, benchmark.trainer.generator.parameters),
      (before.discriminator.parameters, benchmark.trainer.discriminator.parameters),
    ]
    for (old, new) in pairs {
      let moved = old.values.indices.filter { old.values[$0].values != new.values[$0].values }
      #expect(moved.count > old.values.count / 2)
      #expect(new.values.allSatisfy { $0.values.allSatisfy(\.isFinite) })
    }
  }

  /// To the last bit: the attack and the updates of `CoTraining`, with the peer's attack and rate.
  @Test func aRoundIsWhatTrainingDoes() throws {
    var benchmark = try benchmark()
    var (trainer, stream) = (benchmark.trainer, benchmark.stream)
    let attack = PGD(steps: 2, step: .fixed(Epsilon(onUnitScale: 0.0078)), randomStart: false, objective: BothHeadsObjective())
    func noise() -> (Tensor, [Int]) { (trainer.generator.backend.normal([2, 128], &stream), stream.integers(2, below: 3)) }
    let attacked = trainer.discriminator.attacked(benchmark.images, benchmark.labels, by: attack, epsilon: 255 * 0.03125, stream)
    let (z, fakeLabels) = noise()
    let fakes = LabelledImages(trainer.fakes(z, fakeLabels), fakeLabels)
    _ = trainer.updateDiscriminator(real: LabelledImages(attacked, benchmark.labels), fake: fakes, rate: 2e-4)
    let (other, labels) = noise()
    _ = trainer.updateGenerator(other, labels, rate: 2e-4)
    _ = benchmark.round()
    let sameGenerator = benchmark.trainer.generator.parameters.stateDictionary == trainer.generator.parameters.stateDictionary
    let sameDiscriminator = benchmark.trainer.discriminator.parameters.stateDictionary == trainer.discriminator.parameters.stateDictionary
    #expect(sameGenerator && sameDiscriminator)
  }

  /// The published weights, as the PyTorch peer has them: fakes count whole.
  @Test func theLossIsThePeers() throws {
    let trainer = try benchmark().trainer
    #expect((trainer.loss as? SplitLoss)?.weights == CrossEntropyWeights(realAdversarial: 0.5, realClass: 0.5, fakeAdversarial: 1, fakeClass: 0))
    #expect(trainer.tracksFakes)
  }

  @Test func theNumberOfThreadsChangesNoBit() throws {
    let states = try [1, 3].map { threads in
      var benchmark = try benchmark(threads: threads)
      for _ in 0..<2 { _ = benchmark.round() }
      #expect(benchmark.threads == threads)
      return [benchmark.trainer.generator.parameters.stateDictionary, benchmark.trainer.discriminator.parameters.stateDictionary]
    }
    let same = states[0] == states[1]
    #expect(same)
  }

  @Test func theBestOfEachMoveCounts() {
    var times: [CoTrainingBenchmark.Times] = [
      .init(attack: 3, updateDiscriminator: 2, updateGenerator: 9), .init(attack: 4, updateDiscriminator: 1, updateGenerator: 7),
      .init(attack: 2, updateDiscriminator: 5, updateGenerator: 8),
    ]
    var now = -1.0
    // The clock is asked at the beginning and after each round from the second on.
    let measured = CoTrainingMeasurement(seconds: 2) {
      now += 1
      return now
    } round: {
      times.removeFirst()
    }
    #expect(measured.best == .init(attack: 2, updateDiscriminator: 1, updateGenerator: 7))
    #expect(measured.rounds == 3 && measured.cycle == 5 * (2 + 1) + 7)
  }

  @Test(arguments: [0.0, -1]) func thereAreTwoRoundsHoweverShortTheTime(_ seconds: Double) {
    var calls = 0
    let measured = CoTrainingMeasurement(seconds: seconds) {
      0
    } round: {
      calls += 1
      return .init(attack: 1, updateDiscriminator: 1, updateGenerator: 1)
    }
    #expect(measured.rounds == 2 && calls == 2)
  }
}
