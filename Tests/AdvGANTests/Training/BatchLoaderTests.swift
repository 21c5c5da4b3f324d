import Foundation
import Glibc
import Synchronization
import Testing

@testable import AdvGAN

/// A loader hands out what its function makes of a step, whatever was asked before and whichever thread made it.
@Suite struct BatchLoaderTests {
  /// Notes the steps that were made, and waits where it is told to.
  private final class Maker: Sendable {
    let made = Mutex<[Int]>([])
    let began = DispatchSemaphore(value: 0)
    let mayEnd: Atomic<Bool>
    init(waits: Bool = false) { mayEnd = Atomic(!waits) }

    func make(_ step: Int) -> String {
      made.withLock { $0.append(step) }
      began.signal()
      while !mayEnd.load(ordering: .acquiring) { sched_yield() }
      return "batch \(step)"
    }
  }

  @Test(arguments: [true, false]) func everyStepGetsItsBatchInAnyOrder(_ ahead: Bool) {
    let loader = BatchLoader(before: 10, ahead: ahead) { "batch \($0)" }
    for step in [0, 1, 2, 2, 7, 8, 3, 4, 5, 0, 9, 9, 8, 9, 12, 13, 1] { #expect(loader.batch(at: step) == "batch \(step)") }
  }

  @Test func theNextBatchIsMadeUnaskedOnAnotherThread() {
    let maker = Maker()
    let threads = Mutex<Set<UInt>>([])
    let loader = BatchLoader(before: 10) { step in
      threads.withLock { _ = $0.insert(pthread_self()) }
      return maker.make(step)
    }
    #expect(loader.batch(at: 4) == "batch 4")
    for _ in 0..<2 { #expect(maker.began.wait(timeout: .now() + 60) == .success) }
    #expect(maker.made.withLock(\.self) == [4, 5])
    let here = pthread_self()
    #expect(threads.withLock { $0.count == 1 && !$0.contains(here) })
  }

  @Test func aRowOfStepsMakesEachBatchOnceAndNoneBehindTheEnd() {
    let maker = Maker()
    var loader: BatchLoader<String>? = BatchLoader(before: 6) { maker.make($0) }
    for step in 1..<6 { _ = loader?.batch(at: step) }
    // Time enough for a sixth, were it made.
    for _ in 0..<20_000 where maker.made.withLock(\.count) == 5 { sched_yield() }
    loader = nil
    #expect(maker.made.withLock(\.self) == [1, 2, 3, 4, 5])
  }

  @Test func withoutAThreadNothingIsMadeAhead() {
    let maker = Maker()
    let loader = BatchLoader(before: 6, ahead: false) { maker.make($0) }
    _ = loader.batch(at: 1)
    #expect(maker.made.withLock(\.self) == [1])
  }

  /// A step that nobody expected is made while another is in the making: that one is dropped when it is done.
  @Test func aJumpWhileABatchIsMadeGetsItsOwnBatch() {
    for step in [0, 2, 7] {
      let maker = Maker(waits: true)
      let loader = BatchLoader(before: 10) { $0 == 1 ? maker.make($0) : "batch \($0)" }
      #expect(loader.batch(at: 0) == "batch 0")
      maker.began.wait()
      Thread { maker.mayEnd.store(true, ordering: .releasing) }.start()
      #expect(loader.batch(at: step) == "batch \(step)")
      #expect(loader.batch(at: step + 1) == "batch \(step + 1)")
    }
  }

  /// The function belongs to the thread: when it is gone, so is the thread's hold on it.
  @Test(arguments: [0, 1, 2]) func theThreadIsGoneWhenTheLoaderIs(_ batches: Int) {
    for _ in 0..<100 {
      var maker: Maker? = Maker()
      weak let seen = maker
      var loader: BatchLoader<String>? = maker.map { maker in BatchLoader(before: 10) { maker.make($0) } }
      maker = nil
      for step in 0..<batches { _ = loader?.batch(at: step) }
      #expect(seen != nil)
      loader = nil
      #expect(seen == nil)
    }
  }

  @Test func aLoaderCanBeReleasedWhileABatchIsMade() {
    for _ in 0..<100 {
      var maker: Maker? = Maker(waits: true)
      weak let seen = maker
      var loader: BatchLoader<String>? = maker.map { maker in BatchLoader(before: 10) { $0 == 1 ? maker.make($0) : "batch \($0)" } }
      _ = loader?.batch(at: 0)
      maker?.began.wait()
      maker?.mayEnd.store(true, ordering: .releasing)
      maker = nil
      loader = nil
      #expect(seen == nil)
    }
  }
}
