import Testing

@testable import NN

/// Streams go on from their state and derive others; integers and permutations are fair.
@Suite struct RandomStreamTests {
  @Test func aStreamGoesOnFromItsKeyAndCounter() {
    var a = RandomStream(seed: 5)
    for _ in 0..<3 { _ = a.next() }
    var b = RandomStream(key: a.key, counter: a.counter)
    #expect(a.next() == b.next())
  }

  @Test func seedsGiveDifferentStreams() {
    var (a, b) = (RandomStream(seed: 1), RandomStream(seed: 2))
    #expect(a.next() != b.next())
  }

  @Test func derivedStreamsDifferByPurposeAndNumber() {
    let parent = RandomStream(seed: 1)
    let purposes = ["", "a", "b", "ab", "ba", "noise", "labels", "Noise"]
    let keys = purposes.flatMap { purpose in (-200..<200).map { parent.derived(purpose, $0).key } }
    #expect(Set(keys + [parent.key]).count == purposes.count * 400 + 1)
  }

  @Test func derivedStreamsDifferByParent() {
    #expect(RandomStream(seed: 1).derived("x").key != RandomStream(seed: 2).derived("x").key)
    let parent = RandomStream(seed: 1)
    #expect(parent.derived("x").derived("y").key != parent.derived("y").derived("x").key)
  }

  @Test func derivedStreamsDoNotDependOnDraws() {
    var parent = RandomStream(seed: 1)
    let before = parent.derived("x", 7)
    for _ in 0..<10 { _ = parent.next() }
    #expect(parent.derived("x", 7) == before)
    #expect(before.counter == 0)
  }

  @Test func drawingTensorsUsesNoBlockTwice() {
    let backend = CPUBackend(threads: 1)
    var stream = RandomStream(seed: 1)
    for (count, after) in [(1, 1), (4, 2), (5, 4), (0, 4), (16_385, 4101)] as [(Int, UInt64)] {
      _ = backend.uniform([count], low: 0, high: 1, &stream)
      #expect(stream.counter == after, "after \(count) numbers")
    }
    var again = RandomStream(seed: 1)
    let first = backend.uniform([8], low: 0, high: 1, &again)
    again = RandomStream(seed: 1)
    let parts = [backend.uniform([4], low: 0, high: 1, &again), backend.uniform([4], low: 0, high: 1, &again)]
    #expect(first.values == parts.flatMap(\.values))
  }

  @Test(arguments: [2, 3, 10, 37]) func integersAreEquallyLikely(_ bound: Int) {
    var stream = RandomStream(seed: 11)
    var counts = [Int](repeating: 0, count: bound)
    for number in stream.integers(8000, below: bound) { counts[number] += 1 }
    #expect(abs(chiSquareDeviations(counts)) < 5)
  }

  /// 2^64 is no multiple of 3 * 2^61: without rejection a third of the numbers would come a quarter less often.
  @Test func integersOfAHugeRangeAreEquallyLikely() {
    var stream = RandomStream(seed: 12)
    var counts = [0, 0, 0]
    for number in stream.integers(6000, below: 3 << 61) {
      #expect(number >= 0 && number < 3 << 61)
      counts[number % 3] += 1
    }
    #expect(abs(chiSquareDeviations(counts)) < 5)
  }

  @Test func fractionsAreEquallyLikelyAndBelowOne() {
    var stream = RandomStream(seed: 14)
    var counts = [Int](repeating: 0, count: 10)
    for _ in 0..<6000 {
      let fraction = stream.fraction()
      #expect(fraction >= 0 && fraction < 1)
      counts[Int(fraction * 10)] += 1
    }
    #expect(abs(chiSquareDeviations(counts)) < 5)
  }

  @Test func theOnlyIntegerBelowOneIsZero() {
    var stream = RandomStream(seed: 1)
    #expect(stream.integers(5, below: 1) == [0, 0, 0, 0, 0])
  }

  @Test(arguments: [0, 1, 2, 100]) func aPermutationHoldsEveryNumberOnce(_ count: Int) {
    var stream = RandomStream(seed: 1)
    let order = stream.permutation(count)
    #expect(order.sorted() == Array(0..<count))
    if count == 100 { #expect(order != Array(0..<100)) }
  }

  @Test func permutationsAreEquallyLikely() {
    var stream = RandomStream(seed: 13)
    var counts: [[Int]: Int] = [:]
    for _ in 0..<4800 { counts[stream.permutation(4), default: 0] += 1 }
    #expect(counts.count == 24)
    #expect(abs(chiSquareDeviations(Array(counts.values))) < 5)
  }
}
