import Foundation

/// What the threads of a `BatchLoader` and its caller see: which steps are wanted, which are in the making, which batches are ready. The
/// threads hold it, not the loader, so that a loader can be released at any moment.
///
/// Unchecked: what changes is touched with the lock held only; a batch is handed over whole.
final class BatchQueue<Batch>: @unchecked Sendable {
  private let end: Int, ahead: Int
  private let clock: @Sendable () -> Double
  private let lock = NSCondition()
  /// The step whose batch the caller waits for.
  private var asked: Int?
  /// The first of the steps that are wanted ahead; nil until a step was asked for.
  private var next: Int?
  private var making: Set<Int> = []
  private var ready: [Int: Result<Batch, any Error>] = [:]
  private var isClosed = false
  private var waited = 0.0
  private var begin: Double?

  init(before end: Int, ahead: Int, clock: @escaping @Sendable () -> Double) {
    (self.end, self.ahead, self.clock) = (end, ahead, clock)
  }

  /// Waits for the batch of a step and asks for those behind it.
  func take(_ step: Int) throws -> Batch {
    lock.lock()
    defer { lock.unlock() }
    (asked, next) = (step, step + 1)
    ready = ready.filter { isWanted($0.key) }
    lock.broadcast()
    timed { while ready[step] == nil { lock.wait() } }
    asked = nil
    guard let result = ready.removeValue(forKey: step) else { preconditionFailure("BatchQueue.take: step \(step) came and went") }
    return try result.get()
  }

  /// Makes the batch of a step for a caller who has nobody else to make it.
  func make(_ step: Int, _ make: (Int) throws -> Batch) rethrows -> Batch { try timed { try make(step) } }

  /// A thread's life: makes what is wanted until the queue is closed. The lock is not held while a batch is made.
  func work(_ make: (Int) throws -> Batch) {
    lock.lock()
    defer { lock.unlock() }
    while !isClosed {
      guard let step = firstToMake else {
        lock.wait()
        continue
      }
      making.insert(step)
      lock.unlock()
      let result = Result { try make(step) }
      lock.lock()
      making.remove(step)
      // Other steps may be wanted by now.
      guard isWanted(step) else { continue }
      ready[step] = result
      lock.broadcast()
    }
  }

  func close() {
    lock.lock()
    isClosed = true
    lock.broadcast()
    lock.unlock()
  }

  var waiting: BatchWaiting {
    lock.lock()
    defer { lock.unlock() }
    return BatchWaiting(waited: waited, total: begin.map { clock() - $0 })
  }

  /// With the lock held, where there are threads.
  private func timed<Value>(_ body: () throws -> Value) rethrows -> Value {
    let start = clock()
    if begin == nil { begin = start }
    defer { waited += clock() - start }
    return try body()
  }

  private func isWanted(_ step: Int) -> Bool {
    step == asked || next.map { ($0..<$0 + ahead).contains(step) && step < end } ?? false
  }

  private var firstToMake: Int? {
    let steps = [asked].compactMap(\.self) + (next.map { Array($0..<$0 + ahead) } ?? [])
    return steps.first { isWanted($0) && ready[$0] == nil && !making.contains($0) }
  }
}
