import Foundation
import Glibc
import Synchronization
import Testing

@testable import AdvGAN

/// A loader hands out what its function makes of a step, whatever was asked before and whichever thread made it.
@Suite struct BatchLoaderTests {
  /// Notes the steps that were made, and holds each until the gate is open.
  private final class Maker: Sendable {
    let made = Mutex<[Int]>([])
    let began = DispatchSemaphore(value: 0)
    let gate = Gate()
    init(waits: Bool = false) { if !waits { gate.open() } }

    func make(_ step: Int) -> String {
      made.withLock { $0.append(step) }
      began.signal()
      gate.wait()
      return "batch \(step)"
    }
  }

  private struct Unreadable: Error, Equatable { let step: Int }

  @Test(arguments: [0, 1, 2, 5], [1, 4]) func everyStepGetsItsBatchInAnyOrder(_ threads: Int, _ ahead: Int) throws {
    let loader = BatchLoader(before: 10, threads: threads, ahead: ahead) { { "batch \($0)" } }
    for step in [0, 1, 2, 2, 7, 8, 3, 4, 5, 0, 9, 9, 8, 9, 12, 13, 1] { #expect(try loader.batch(at: step) == "batch \(step)") }
  }

  @Test func theNextBatchIsMadeUnaskedOnAnotherThread() throws {
    let maker = Maker()
    let threads = Mutex<Set<UInt>>([])
    let loader = BatchLoader(before: 10) {
      { step in
        threads.withLock { _ = $0.insert(pthread_self()) }
        return maker.make(step)
      }
    }
    #expect(try loader.batch(at: 4) == "batch 4")
    #expect(maker.began.isSignalled(times: 2))
    #expect(maker.made.withLock(\.self) == [4, 5])
    let here = pthread_self()
    #expect(threads.withLock { $0.count == 1 && !$0.contains(here) })
  }

  /// All batches that may be prepared are being made at once, one a thread, and not one more.
  @Test func severalThreadsMakeSeveralBatchesAndNoMoreThanTheyMay() throws {
    let maker = Maker(waits: true)
    let loader = BatchLoader(before: 100, threads: 5, ahead: 3) { { $0 == 0 ? "batch 0" : maker.make($0) } }
    #expect(try loader.batch(at: 0) == "batch 0")
    #expect(loader.prepared == [1, 2, 3])
    #expect(maker.began.isSignalled(times: 3))
    #expect(maker.made.withLock { Set($0) } == [1, 2, 3])
    maker.gate.open()
    #expect(try loader.batch(at: 2) == "batch 2")
    #expect(loader.prepared == [3, 4, 5])
  }

  @Test(arguments: [1, 3]) func aRowOfStepsMakesEachBatchOnceAndNoneBehindTheEnd(_ threads: Int) throws {
    let maker = Maker()
    var loader: BatchLoader<String>? = BatchLoader(before: 6, threads: threads, ahead: 2) { { maker.make($0) } }
    for step in 1..<6 { _ = try loader?.batch(at: step) }
    #expect(loader?.prepared == [])
    loader = nil
    #expect(maker.made.withLock { $0.sorted() } == [1, 2, 3, 4, 5])
  }

  @Test func withoutAThreadNothingIsMadeAhead() throws {
    let maker = Maker()
    let loader = BatchLoader(before: 6, threads: 0) { { maker.make($0) } }
    _ = try loader.batch(at: 1)
    #expect(maker.made.withLock(\.self) == [1])
  }

  /// Each thread has a function of its own, which it alone calls.
  @Test func noFunctionServesTwoThreads() throws {
    let callers = Mutex<[Int: Set<UInt>]>([:])
    var number = 0
    let loader = BatchLoader(before: 200, threads: 4, ahead: 6) {
      number += 1
      let mine = number
      return { (step: Int) -> Int in
        callers.withLock { _ = $0[mine, default: []].insert(pthread_self()) }
        return step
      }
    }
    for step in 0..<200 { #expect(try loader.batch(at: step) == step) }
    #expect(callers.withLock { $0.values.allSatisfy { $0.count == 1 } })
  }

  @Test(arguments: [0, 1, 3]) func anErrorIsThrownToTheCallerThatAsksForItsStep(_ threads: Int) throws {
    let loader = BatchLoader(before: 10, threads: threads, ahead: 4) {
      { if $0 % 3 == 2 { throw Unreadable(step: $0) } else { "batch \($0)" } }
    }
    for step in [0, 1, 2, 2, 3, 5, 4, 5, 6] {
      if step % 3 == 2 {
        #expect(throws: Unreadable(step: step)) { try loader.batch(at: step) }
      } else {
        #expect(try loader.batch(at: step) == "batch \(step)")
      }
    }
  }

  /// A step that nobody expected is made while another is in the making: that one is dropped when it is done.
  @Test(arguments: [1, 2]) func aJumpWhileABatchIsMadeGetsItsOwnBatch(_ threads: Int) throws {
    for step in [0, 2, 7] {
      let maker = Maker(waits: true)
      let loader = BatchLoader(before: 10, threads: threads) { { $0 == 1 ? maker.make($0) : "batch \($0)" } }
      #expect(try loader.batch(at: 0) == "batch 0")
      #expect(maker.began.isSignalled())
      Thread { maker.gate.open() }.start()
      #expect(try loader.batch(at: step) == "batch \(step)")
      #expect(try loader.batch(at: step + 1) == "batch \(step + 1)")
    }
  }

  /// A clock that goes on by a second whenever it is read: each batch then takes one between two readings.
  @Test(arguments: [0, 2]) func whatIsWaitedForIsCounted(_ threads: Int) throws {
    let time = Mutex(0.0)
    let clock: @Sendable () -> Double = {
      time.withLock {
        $0 += 1
        return $0
      }
    }
    let loader = BatchLoader(before: 10, threads: threads, ahead: 1, clock: clock) { { $0 } }
    #expect(loader.waiting == BatchWaiting() && loader.waiting.words == nil)
    for step in 0..<3 { _ = try loader.batch(at: step) }
    #expect(loader.waiting == BatchWaiting(waited: 3, total: 6))
    #expect(loader.waiting.words == "waited 3.0 s of 7 s for images")
  }

  /// The functions belong to the threads: when these are gone, so is their hold on them.
  @Test(arguments: [0, 1, 2], [1, 3]) func theThreadsAreGoneWhenTheLoaderIs(_ batches: Int, _ threads: Int) throws {
    for _ in 0..<100 {
      var maker: Maker? = Maker()
      weak let seen = maker
      var loader: BatchLoader<String>? = maker.map { maker in BatchLoader(before: 10, threads: threads) { { maker.make($0) } } }
      maker = nil
      for step in 0..<batches { _ = try loader?.batch(at: step) }
      #expect(seen != nil)
      loader = nil
      #expect(seen == nil)
    }
  }

  @Test func aLoaderCanBeReleasedWhileABatchIsMade() throws {
    for _ in 0..<100 {
      var maker: Maker? = Maker(waits: true)
      weak let seen = maker
      var loader: BatchLoader<String>? = maker.map { maker in
        BatchLoader(before: 10) { { $0 == 1 ? maker.make($0) : "batch \($0)" } }
      }
      _ = try loader?.batch(at: 0)
      #expect(maker?.began.isSignalled() == true)
      maker?.gate.open()
      maker = nil
      loader = nil
      #expect(seen == nil)
    }
  }
}
