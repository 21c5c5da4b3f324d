/// The best time of each move over many rounds: what the machine can do, undisturbed by its other work.
public struct CoTrainingMeasurement: Equatable, Sendable {
  public let best: CoTrainingBenchmark.Times
  public let rounds: Int

  /// One cycle of the published training loop in seconds: five steps of the discriminator, each with its attack, and one of the generator.
  public var cycle: Double { 5 * (best.attack + best.updateDiscriminator) + best.updateGenerator }

  /// Goes through rounds for so many seconds by `clock`, at least two: the first one finds memory cold.
  public init(seconds: Double, clock: () -> Double, round: () -> CoTrainingBenchmark.Times) {
    let end = clock() + seconds
    var best = round()
    var rounds = 1
    while rounds < 2 || clock() < end {
      let times = round()
      best.attack = min(best.attack, times.attack)
      best.updateDiscriminator = min(best.updateDiscriminator, times.updateDiscriminator)
      best.updateGenerator = min(best.updateGenerator, times.updateGenerator)
      rounds += 1
    }
    (self.best, self.rounds) = (best, rounds)
  }
}
