/// The best time of many rounds: what the machine can do, undisturbed by its other work.
public struct BestTime: Equatable, Sendable {
  public let seconds: Double
  public let rounds: Int

  init(seconds: Double, rounds: Int) { (self.seconds, self.rounds) = (seconds, rounds) }

  /// Goes through rounds for so many seconds by `clock`, at least two: the first one finds memory cold.
  init(seconds: Double, clock: () -> Double, round: () -> Void) {
    let end = clock() + seconds
    var (best, rounds) = (Double.infinity, 0)
    repeat {
      let began = clock()
      round()
      best = min(best, clock() - began)
      rounds += 1
    } while rounds < 2 || clock() < end
    (self.seconds, self.rounds) = (best, rounds)
  }
}
