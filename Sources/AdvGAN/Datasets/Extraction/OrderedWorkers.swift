import Foundation
import Jobs

/// Applies a function to a stream of inputs on several threads. Results come in the order of their inputs.
///
/// For one caller at a time. The threads end, and are waited for, when the workers are released.
final class OrderedWorkers<Input: Sendable, Output: Sendable> {
  private let queue: Queue
  private var threads: [SystemThread] = []

  /// - Parameters:
  ///   - threads: how many; where the system has no room for any, the caller does the work.
  ///   - depth: the most inputs under way.
  init(threads count: Int, depth: Int, _ work: @escaping @Sendable (Input) -> Output) {
    precondition(count >= 1 && depth >= 1, "OrderedWorkers: \(count) threads, \(depth) inputs under way")
    queue = Queue(depth, work)
    for _ in 0..<count {
      guard let thread = SystemThread(queue.live) else { break }
      threads.append(thread)
    }
  }

  deinit {
    queue.close()
    for thread in threads { thread.join() }
  }

  /// Hands in an input, waiting while there are too many under way.
  /// - Returns: the results that are ready, of inputs handed in before.
  func submit(_ input: Input) -> [Output] {
    threads.isEmpty ? [queue.work(input)] : queue.submit(input)
  }

  /// Waits for all that is under way.
  func finish() -> [Output] { queue.takeAll() }
}

extension OrderedWorkers {
  /// What all threads see. Unchecked: what changes is touched with the lock held only.
  private final class Queue: @unchecked Sendable {
    let work: @Sendable (Input) -> Output
    private let depth: Int
    private let lock = NSCondition()
    private var waiting: [(number: Int, input: Input)] = []
    private var ready: [Int: Output] = [:]
    /// Inputs handed in, results handed out.
    private var submitted = 0, taken = 0
    private var isClosed = false

    init(_ depth: Int, _ work: @escaping @Sendable (Input) -> Output) {
      self.depth = depth
      self.work = work
    }

    func submit(_ input: Input) -> [Output] {
      lock.lock()
      defer { lock.unlock() }
      var results = take()
      while submitted - taken >= depth {
        lock.wait()
        results += take()
      }
      waiting.append((submitted, input))
      submitted += 1
      lock.broadcast()
      return results
    }

    func takeAll() -> [Output] {
      lock.lock()
      defer { lock.unlock() }
      var results = take()
      while taken < submitted {
        lock.wait()
        results += take()
      }
      return results
    }

    func close() {
      lock.lock()
      isClosed = true
      waiting = []
      lock.broadcast()
      lock.unlock()
    }

    /// What is ready and next in order; with the lock held.
    private func take() -> [Output] {
      var results: [Output] = []
      while let next = ready.removeValue(forKey: taken) {
        results.append(next)
        taken += 1
      }
      return results
    }

    /// A thread's life. The lock is not held while it works.
    func live() {
      lock.lock()
      defer { lock.unlock() }
      while true {
        while waiting.isEmpty, !isClosed { lock.wait() }
        if isClosed { return }
        let (number, input) = waiting.removeFirst()
        lock.unlock()
        let output = work(input)
        lock.lock()
        ready[number] = output
        lock.broadcast()
      }
    }
  }
}
