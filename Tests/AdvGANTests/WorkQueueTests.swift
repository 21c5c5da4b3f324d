import Foundation
import Glibc
import Synchronization
import Testing

@testable import AdvGAN

/// Jobs on threads: the same results for any number of threads, also for none.
@Suite struct WorkQueueTests {
  private struct Unlucky: Error, Equatable { let input: Int }

  @Test(arguments: [0, 1, 3]) func aResultCanBeTakenInAnyOrder(_ threads: Int) throws {
    let queue = WorkQueue<Int, String>(threads: threads) { { "result \($0)" } }
    for number in 0..<20 { queue.add(number, 10 * number) }
    for number in [7, 19, 0, 3] { #expect(try queue.take(number) == "result \(10 * number)") }
    #expect(queue.numbers == Set(0..<20).subtracting([7, 19, 0, 3]))
  }

  @Test(arguments: [0, 2]) func anErrorIsThrownToTheCallerThatTakesItsJob(_ threads: Int) throws {
    let queue = WorkQueue<Int, Int>(threads: threads) { { if $0 == 1 { throw Unlucky(input: $0) } else { $0 } } }
    for number in 0..<3 { queue.add(number, number) }
    #expect(throws: Unlucky(input: 1)) { try queue.take(1) }
    #expect(try queue.take(2) == 2 && queue.take(0) == 0)
    queue.add(1, 4)
    #expect(try queue.take(1) == 4)
  }

  @Test func jobsOfSeveralThreadsRunAtTheSameTime() throws {
    let (began, gate) = (DispatchSemaphore(value: 0), Gate())
    let queue = WorkQueue<Int, UInt>(threads: 3) {
      { _ in
        began.signal()
        gate.wait()
        return pthread_self()
      }
    }
    for number in 0..<3 { queue.add(number, number) }
    // None ends before all three have begun.
    #expect(began.isSignalled(times: 3))
    #expect(try queue.takeIfDone(0) == nil)
    gate.open()
    let threads = Set(try (0..<3).map { try queue.take($0) })
    #expect(threads.count == 3 && !threads.contains(pthread_self()))
  }

  @Test func aJobMovedToTheFrontBeginsBeforeThoseThatWait() throws {
    let (began, gate) = (DispatchSemaphore(value: 0), Gate())
    let order = Mutex<[Int]>([])
    let queue = WorkQueue<Int, Void>(threads: 1) {
      { input in
        order.withLock { $0.append(input) }
        began.signal()
        gate.wait()
      }
    }
    for number in 0..<5 { queue.add(number, number) }
    #expect(began.isSignalled())
    queue.moveToFront(4)
    gate.open()
    for number in 0..<5 { try queue.take(number) }
    #expect(order.withLock { $0.prefix(2) == [0, 4] && Set($0) == Set(0..<5) })
  }

  @Test func whatIsDroppedIsNotRunAndItsNumberIsFree() throws {
    let (began, gate) = (DispatchSemaphore(value: 0), Gate())
    let ran = Mutex<[String]>([])
    let queue = WorkQueue<String, String>(threads: 1) {
      { input in
        ran.withLock { $0.append(input) }
        began.signal()
        gate.wait()
        return input
      }
    }
    for number in 0..<4 { queue.add(number, "old \(number)") }
    #expect(began.isSignalled())
    queue.keep { $0 == 3 }
    #expect(queue.numbers == [3])
    queue.add(1, "new 1")
    gate.open()
    #expect(try queue.take(1) == "new 1" && queue.take(3) == "old 3")
    #expect(queue.numbers == [])
    #expect(ran.withLock { Set($0) == ["old 0", "old 3", "new 1"] })
  }

  @Test func aJobThatIsDroppedWhileItRunsCanBeAddedAgain() throws {
    let (began, gate) = (DispatchSemaphore(value: 0), Gate())
    let runs = Mutex(0)
    let queue = WorkQueue<Int, Int>(threads: 1) {
      { input in
        runs.withLock { $0 += 1 }
        began.signal()
        gate.wait()
        return input
      }
    }
    queue.add(0, 7)
    #expect(began.isSignalled())
    queue.keep { _ in false }
    queue.add(0, 7)
    gate.open()
    #expect(try queue.take(0) == 7)
    #expect(runs.withLock(\.self) == 1)
  }

  @Test func aQueueThatIsReleasedRunsNoMoreJobsAndEndsItsThreads() throws {
    final class Workshop: Sendable { func visit() {} }
    let (began, gate) = (DispatchSemaphore(value: 0), Gate())
    let ran = Mutex<[Int]>([])
    var workshop: Workshop? = Workshop()
    weak let seen = workshop
    var queue: WorkQueue<Int, Void>? = workshop.map { workshop in
      WorkQueue(threads: 1) {
        { input in
          workshop.visit()
          ran.withLock { $0.append(input) }
          began.signal()
          gate.wait()
        }
      }
    }
    workshop = nil
    for number in 0..<50 { queue?.add(number, number) }
    #expect(began.isSignalled())
    queue?.close()
    #expect(queue?.numbers == [0])
    gate.open()
    _ = try queue?.take(0)
    queue = nil
    #expect(ran.withLock(\.self) == [0])
    // The threads held it.
    #expect(seen == nil)
  }

  @Test(arguments: [(1, 1), (1, 5), (3, 1), (3, 2), (4, 40)])
  func orderedResultsComeInTheOrderOfTheirInputs(_ threads: Int, _ depth: Int) throws {
    var work = OrderedWork<Int, Int>(threads: threads, depth: depth) {
      { input in
        // Later inputs are quicker.
        (0..<(1000 - input) * 10).reduce(0) { $0 &+ $1 } &* 0 &+ input * input
      }
    }
    var results: [Int] = []
    for input in 0..<300 { results += try work.add(input) }
    results += try work.finish()
    #expect(results == (0..<300).map { $0 * $0 })
    #expect(try work.finish() == [])
  }

  @Test func asMuchOrderedWorkIsUnderWayAsTheDepthAllowsAndNoMore() throws {
    let (began, gate) = (DispatchSemaphore(value: 0), Gate())
    let running = Mutex((now: 0, most: 0))
    var work = OrderedWork<Int, Void>(threads: 6, depth: 2) {
      { _ in
        running.withLock { ($0.now, $0.most) = ($0.now + 1, max($0.most, $0.now + 1)) }
        began.signal()
        gate.wait()
        running.withLock { $0.now -= 1 }
      }
    }
    _ = try work.add(0)
    #expect(!work.isFull)
    _ = try work.add(1)
    #expect(work.isFull && began.isSignalled(times: 2))
    gate.open()
    #expect(try work.add(2).count >= 1)
    for input in 3..<500 { _ = try work.add(input) }
    _ = try work.finish()
    #expect(running.withLock(\.most) == 2)
  }
}
