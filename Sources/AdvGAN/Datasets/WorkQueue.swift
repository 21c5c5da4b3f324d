import Foundation
import Jobs

/// Runs numbered jobs on threads of its own and holds each result until it is taken.
///
/// A result may depend on its input alone, never on the thread that computes it or on when that happens. The queue is used by one thread at
/// a time. When it is released, jobs that have not begun are dropped, and its threads have ended. Where no thread can be started (the process
/// table may be full), `take` does the work itself: slower, with the same results.
final class WorkQueue<Input, Output> {
  private let state: WorkState<Input, Output>
  private let threads: [SystemThread]
  /// The caller's own worker, where there are no threads.
  private let worker: ((Input) throws -> Output)?

  /// - Parameters:
  ///   - count: how many threads; with 0 the caller does the work.
  ///   - makeWorker: called once for each thread. That thread alone calls the worker it returns, which may therefore have state of its own.
  init(threads count: Int, _ makeWorker: () -> (Input) throws -> Output) {
    precondition(count >= 0, "WorkQueue: \(count) threads")
    let state = WorkState<Input, Output>()
    let threads = (0..<count).compactMap { _ in
      let worker = makeWorker()
      return SystemThread { state.run(worker) }
    }
    (self.state, self.threads) = (state, threads)
    worker = threads.isEmpty ? makeWorker() : nil
  }

  deinit {
    close()
    for thread in threads { thread.join() }
  }

  /// The jobs that were added and not taken or dropped since: waiting, running, or done.
  var numbers: Set<Int> { state.locked { $0.numbers } }

  /// Adds a job behind those that wait; does nothing where there is a job of this number already.
  func add(_ number: Int, _ input: Input) { state.locked { $0.add(number, input) } }

  /// Drops all jobs but those whose number is wanted. A job that is running is finished, and its result thrown away.
  func keep(where isWanted: (Int) -> Bool) { state.locked { $0.keep(where: isWanted) } }

  /// Lets a job that has not begun be the next one to begin.
  func moveToFront(_ number: Int) { state.locked { $0.moveToFront(number) } }

  /// Waits for the result of a job that was added, and removes the job. A job that has not begun is the next one to begin.
  /// - Throws: what the worker threw.
  func take(_ number: Int) throws -> Output {
    guard let worker else {
      moveToFront(number)
      return try state.locked { $0.waitForResult(of: number) }.get()
    }
    return try worker(state.locked { $0.removeInput(of: number) })
  }

  /// The same where the job is done; nil, at once, where it is not.
  func takeIfDone(_ number: Int) throws -> Output? { try state.locked { $0.removeResult(of: number) }?.get() }

  /// Drops the jobs that have not begun; nothing can be added afterwards.
  func close() { state.locked { $0.close() } }
}

/// What the threads and their owner share. The threads hold it, not the queue, so that the queue can be released at any moment.
///
/// Unchecked: `locked` is the only way in, and inputs and results are handed over whole.
private final class WorkState<Input, Output>: @unchecked Sendable {
  private let lock = NSCondition()
  private var waiting: [(number: Int, input: Input)] = []
  private var running: Set<Int> = []
  private var done: [Int: Result<Output, any Error>] = [:]
  private(set) var numbers: Set<Int> = []
  private var isClosed = false

  func locked<Value>(_ body: (WorkState) -> Value) -> Value {
    lock.lock()
    defer { lock.unlock() }
    return body(self)
  }

  /// A thread's life. The lock is not held while a job runs.
  func run(_ worker: (Input) throws -> Output) {
    lock.lock()
    defer { lock.unlock() }
    while true {
      while waiting.isEmpty, !isClosed { lock.wait() }
      if isClosed { return }
      let (number, input) = waiting.removeFirst()
      running.insert(number)
      lock.unlock()
      let result = Result { try worker(input) }
      lock.lock()
      running.remove(number)
      guard numbers.contains(number) else { continue }
      done[number] = result
      lock.broadcast()
    }
  }

  // With the lock held:

  func add(_ number: Int, _ input: Input) {
    precondition(!isClosed, "WorkQueue.add: the queue is closed")
    guard numbers.insert(number).inserted, !running.contains(number) else { return }
    waiting.append((number, input))
    lock.broadcast()
  }

  func keep(where isWanted: (Int) -> Bool) {
    numbers = numbers.filter(isWanted)
    waiting = waiting.filter { isWanted($0.number) }
    done = done.filter { isWanted($0.key) }
  }

  func moveToFront(_ number: Int) {
    if let place = waiting.firstIndex(where: { $0.number == number }) { waiting.insert(waiting.remove(at: place), at: 0) }
  }

  func waitForResult(of number: Int) -> Result<Output, any Error> {
    precondition(numbers.contains(number), "WorkQueue.take: there is no job \(number)")
    while true {
      if let result = removeResult(of: number) { return result }
      lock.wait()
    }
  }

  func removeResult(of number: Int) -> Result<Output, any Error>? {
    guard let result = done.removeValue(forKey: number) else { return nil }
    numbers.remove(number)
    return result
  }

  func removeInput(of number: Int) -> Input {
    guard let place = waiting.firstIndex(where: { $0.number == number }) else {
      preconditionFailure("WorkQueue.take: there is no job \(number)")
    }
    numbers.remove(number)
    return waiting.remove(at: place).input
  }

  func close() {
    isClosed = true
    numbers.subtract(waiting.map(\.number))
    waiting = []
    lock.broadcast()
  }
}

/// Jobs whose results come in the order in which they were added; a bounded number of them is under way.
struct OrderedWork<Input, Output> {
  private let queue: WorkQueue<Input, Output>
  /// The most jobs added and not taken.
  private let depth: Int
  private var added = 0, taken = 0

  init(threads: Int, depth: Int, _ makeWorker: () -> (Input) throws -> Output) {
    precondition(threads >= 1 && depth >= 1, "OrderedWork: \(threads) threads, \(depth) jobs under way")
    queue = WorkQueue(threads: threads, makeWorker)
    self.depth = depth
  }

  /// Whether `add` must wait for a result first.
  var isFull: Bool { added - taken >= depth }

  /// Adds a job.
  /// - Returns: the results that are next in order and done; at least one where `isFull`.
  /// - Throws: what the worker threw, for the job whose turn it is.
  mutating func add(_ input: Input) throws -> [Output] {
    var results = isFull ? [try takeNext()] : []
    while taken < added, let result = try queue.takeIfDone(taken) {
      taken += 1
      results.append(result)
    }
    queue.add(added, input)
    added += 1
    return results
  }

  /// Waits for all results that were not returned yet.
  mutating func finish() throws -> [Output] {
    var results: [Output] = []
    while taken < added { results.append(try takeNext()) }
    return results
  }

  private mutating func takeNext() throws -> Output {
    defer { taken += 1 }
    return try queue.take(taken)
  }
}
