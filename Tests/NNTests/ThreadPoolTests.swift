import Glibc
import Synchronization
import Testing

@testable import NN

/// Every chunk is worked on once, whatever the number of threads.
@Suite struct ThreadPoolTests {
  @Test(arguments: [1, 2, 3, 5], [0, 1, 2, 7, 1000]) func worksOnEveryChunkOnce(_ threads: Int, _ chunks: Int) {
    let pool = ThreadPool(count: threads)
    defer { pool.stop() }
    let visits = UnsafeMutablePointer<Int>.allocate(capacity: chunks)
    defer { visits.deallocate() }
    visits.initialize(repeating: 0, count: chunks)
    for _ in 0..<20 { pool.run(chunks) { chunk, _ in visits[chunk] += 1 } }
    #expect((0..<chunks).allSatisfy { visits[$0] == 20 })
  }

  /// Three chunks that wait for each other take three workers, however busy the machine.
  @Test func givesWorkToEveryWorkerAndNumbersThemFromZero() {
    let pool = ThreadPool(count: 3)
    defer { pool.stop() }
    let seen = Atomic<UInt>(0)
    let arrived = Atomic<Int>(0)
    pool.run(3) { _, worker in
      seen.bitwiseOr(1 << UInt(worker), ordering: .relaxed)
      arrived.wrappingAdd(1, ordering: .sequentiallyConsistent)
      for _ in 0..<1_000_000 where arrived.load(ordering: .sequentiallyConsistent) < 3 { sched_yield() }
    }
    #expect(seen.load(ordering: .relaxed) == 0b111)
  }

  /// No two chunks at once on one worker: scratch memory belongs to the worker.
  @Test func aWorkerDoesOneChunkAtATime() {
    let pool = ThreadPool(count: 5)
    defer { pool.stop() }
    let notes = UnsafeMutablePointer<Int>.allocate(capacity: 5)
    defer { notes.deallocate() }
    notes.initialize(repeating: 0, count: 5)
    let clashes = Atomic<Int>(0)
    pool.run(200) { chunk, worker in
      for step in 0..<20_000 {
        if step > 0, notes[worker] != chunk * 100_000 + step - 1 { clashes.wrappingAdd(1, ordering: .relaxed) }
        notes[worker] = chunk * 100_000 + step
      }
    }
    #expect(clashes.load(ordering: .relaxed) == 0)
  }

  @Test func poolsComeAndGo() {
    for threads in 1...20 {
      let pool = ThreadPool(count: threads % 5 + 1)
      let sum = Atomic<Int>(0)
      pool.run(10) { chunk, _ in sum.wrappingAdd(chunk, ordering: .relaxed) }
      #expect(sum.load(ordering: .relaxed) == 45)
      pool.stop()
    }
  }
}
