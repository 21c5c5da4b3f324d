import Foundation
import Glibc
import Synchronization
import TestSupport
import Testing

@testable import NN

/// Tensors are values that share memory until one is written to, and memory that is used again.
@Suite struct MemoryTests {
  private let backend = CPUBackend(threads: 2)

  @Test func writingToACopyLeavesTheOriginalAlone() {
    let original = backend.tensor([1, 2, 3], [3])
    var copy = original
    backend.add(original, times: 1, to: &copy)
    #expect(copy.values == [2, 4, 6])
    #expect(original.values == [1, 2, 3])
  }

  @Test func writingToAReshapedTensorLeavesTheOriginalAlone() {
    let original = backend.tensor([1, 2, 3, 4], [4])
    var reshaped = original.reshaped([2, 2])
    backend.average(backend.zeros([2, 2]), keep: 0.5, into: &reshaped)
    #expect(reshaped.values == [0.5, 1, 1.5, 2])
    #expect(original.values == [1, 2, 3, 4])
  }

  @Test func aTensorOfItsOwnIsWrittenInPlace() {
    var x = backend.tensor([1, 2, 3], [3])
    let place = x.source
    backend.add(backend.tensor([1, 1, 1], [3]), times: 2, to: &x)
    #expect(x.values == [3, 4, 5])
    #expect(x.source == place)
  }

  @Test(arguments: ["adam", "momentum"]) func aSnapshotIsUntouchedByTraining(_ rule: String) {
    let network = SmallNetwork(on: backend, optimiser: rule == "adam" ? Adam() : SGD())
    let snapshot = network.parameters
    let before = snapshot.stateDictionary
    let after = network.trained(steps: 2).parameters.stateDictionary
    #expect(snapshot.stateDictionary == before)
    #expect(network.parameters.stateDictionary == before)
    for (name, tensor) in after { #expect(tensor != before[name], "\(name) did not learn") }
  }

  @Test func aSnapshotOfAnOptimiserGoesItsOwnWay() {
    let half = SmallNetwork(on: backend).trained(steps: 2)
    let first = half.trained(steps: 2).parameters.stateDictionary
    let second = half.trained(steps: 2).parameters.stateDictionary
    #expect(first == second)
  }

  @Test func averagingLeavesItsSourceAndItsSnapshotAlone() {
    let source = SmallNetwork(on: backend).parameters
    var average = source
    let before = source.stateDictionary
    let trained = SmallNetwork(on: backend).trained(steps: 1).parameters
    average.average(towards: trained, keep: 0.75)
    #expect(source.stateDictionary == before)
    for (index, specification) in source.specifications.enumerated() {
      let (old, new, now) = (source.values[index].values, trained.values[index].values, average.values[index].values)
      let expected = specification.kind == .weight ? zip(old, new).map { 0.75 * $0 + 0.25 * $1 } : new
      #expect(now == expected, "\(specification.name)")
    }
  }

  @Test func memoryIsUsedAgain() {
    let network = SmallNetwork(on: backend)
    _ = network.trained(steps: 2)
    let held = backend.bytesHeld
    #expect(held > 0)
    _ = network.trained(steps: 7)
    #expect(backend.bytesHeld == held)
  }

  @Test func aTensorGivesItsMemoryBackAtItsEnd() {
    func place() -> UnsafePointer<Float> { backend.zeros([1000]).source }
    #expect(place() == place())
    #expect(backend.bytesHeld == 1024 * 4)
  }

  @Test func tensorsInUseNeverShareMemory() {
    let tensors = (0..<50).map { backend.tensor([Float](repeating: Float($0), count: 900 + $0), [900 + $0]) }
    for (index, tensor) in tensors.enumerated() { #expect(tensor.values.allSatisfy { $0 == Float(index) }) }
  }

  /// A batch made on one thread comes to its end on another.
  @Test func fromManyThreadsMemoryIsNeverHandedOutTwice() {
    let pool = BufferPool()
    let clashes = Atomic<Int>(0)
    DispatchQueue.concurrentPerform(iterations: 8) { thread in
      for turn in 0..<2000 {
        let mine = (0..<3).map { _ in Buffer(100, from: pool) }
        let tag = Float(thread * 2000 + turn)
        for buffer in mine { buffer.pointer.update(repeating: tag, count: 100) }
        sched_yield()
        for buffer in mine where buffer.pointer[0] != tag || buffer.pointer[99] != tag { clashes.wrappingAdd(1, ordering: .relaxed) }
      }
    }
    #expect(clashes.load(ordering: .relaxed) == 0)
    // No more than what was in use at once, of 112 numbers each.
    #expect(pool.bytesHeld <= 8 * 3 * 112 * 4 && pool.bytesHeld % (112 * 4) == 0)
  }

  /// Fresh memory is handed out unset: every kernel that adds up must have cleared its room.
  @Test func leftoverNumbersReachNoResult() {
    func spoil() {
      for size in [1, 20, 100, 500, 3000, 20_000] { for _ in 0..<4 { _ = backend.tensor([Float](repeating: .nan, count: size), [size]) } }
    }
    let before = SmallNetwork(on: CPUBackend(threads: 2)).trained(steps: 1).parameters.stateDictionary
    spoil()
    #expect(SmallNetwork(on: backend).trained(steps: 1).parameters.stateDictionary == before)
    let x = backend.normal([2, 5, 5, 2], seed: 1)
    spoil()
    for result in [
      backend.maximumPoolGradient(x, backend.maximumPool(x)),
      backend.averagePoolGradient(backend.averagePool(x, 2), inputShape: x.shape, 2),
      backend.sumPool(x), backend.columnSums(x), backend.upsampleGradient(backend.upsample(x)),
    ] { #expect(result.values.allSatisfy { $0.isFinite }) }
  }
}
