import Synchronization
import Testing

@testable import AdvGAN

@Suite struct OrderedWorkersTests {
  @Test(arguments: [(1, 1), (1, 5), (3, 1), (3, 2), (4, 40)])
  func resultsComeInTheOrderOfTheirInputs(_ threads: Int, _ depth: Int) {
    let workers = OrderedWorkers<Int, Int>(threads: threads, depth: depth) { input in
      // Later inputs are quicker.
      (0..<(1000 - input) * 10).reduce(0) { $0 &+ $1 } &* 0 &+ input * input
    }
    var results: [Int] = []
    for input in 0..<300 { results += workers.submit(input) }
    results += workers.finish()
    #expect(results == (0..<300).map { $0 * $0 })
    #expect(workers.finish() == [])
  }

  @Test func noMoreAreUnderWayThanTheDepthAllows() {
    let running = Mutex((now: 0, most: 0))
    let workers = OrderedWorkers<Int, Void>(threads: 6, depth: 2) { _ in
      running.withLock { ($0.now, $0.most) = ($0.now + 1, max($0.most, $0.now + 1)) }
      running.withLock { $0.now -= 1 }
    }
    for input in 0..<500 { _ = workers.submit(input) }
    _ = workers.finish()
    #expect(running.withLock(\.most) <= 2)
  }

  @Test func workThatNobodyWaitsForIsDroppedWithTheWorkers() {
    let workers = OrderedWorkers<Int, Int>(threads: 2, depth: 50) { $0 }
    for input in 0..<50 { _ = workers.submit(input) }
  }
}
