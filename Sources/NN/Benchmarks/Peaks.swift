import NNKernels

/// The most that a machine can do with these threads and kernels: operations and bytes a second.
public struct Peaks: Equatable, Sendable {
  /// Floating-point operations in registers alone.
  public let operations: Double
  /// Bytes read of memory much larger than the caches.
  public let read: Double
  /// Bytes read and written in copying it.
  public let copied: Double

  init(operations: Double, read: Double, copied: Double) { (self.operations, self.read, self.copied) = (operations, read, copied) }

  /// Measures each for so many seconds.
  /// - Parameter bytes: of the memory that is read, and of that which is copied over; far more than the caches hold.
  public init(of backend: CPUBackend, seconds: Double, bytes: Int = 256 << 20, clock: () -> Double) {
    let count = bytes / 4
    let x = backend.zeros([count])
    let y = backend.zeros([count])
    let rounds = 500_000
    let adding = BestTime(seconds: seconds, clock: clock) { _ = backend.multiplyAdds(rounds: rounds) }
    let reading = BestTime(seconds: seconds, clock: clock) { backend.readThrough(x) }
    let copying = BestTime(seconds: seconds, clock: clock) { backend.copy(x, over: y) }
    operations = backend.multiplyAdds(rounds: 1) * Double(rounds) / adding.seconds
    read = 4 * Double(count) / reading.seconds
    copied = 8 * Double(count) / copying.seconds
  }
}

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

/// What all threads together can do at most.
extension CPUBackend {
  /// Multiplies and adds on every thread, touching no memory.
  /// - Returns: how many operations that were; a multiply-add counts two.
  func multiplyAdds(rounds: Int) -> Double {
    let chunks = 8 * workers.count
    let results = make([chunks])
    workers.run(chunks) { chunk, _ in results.buffer.pointer[chunk] = kernels.multiplyAdds(rounds: rounds, start: Float(chunk)) }
    return Double(chunks) * Double(rounds) * Double(kernels.operationsPerRound)
  }

  /// Reads every number of `x`.
  func readThrough(_ x: Tensor) {
    let results = make([x.count / Self.block + 1])
    overBlocks(x.count) { results.buffer.pointer[$0.lowerBound / Self.block] = kernels.total(x.source, $0) }
  }

  /// Copies `x` over `y`, which has as many numbers.
  func copy(_ x: Tensor, over y: Tensor) {
    precondition(x.count == y.count, "copy: \(x.shape) over \(y.shape)")
    overBlocks(x.count) { (y.buffer.pointer + $0.lowerBound).update(from: x.source + $0.lowerBound, count: $0.count) }
  }

  private static let block = 262_144

  private func overBlocks(_ count: Int, _ body: (Range<Int>) -> Void) {
    workers.run((count + Self.block - 1) / Self.block) { chunk, _ in body(chunk * Self.block..<min(count, (chunk + 1) * Self.block)) }
  }
}
