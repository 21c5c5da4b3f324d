import Jobs

/// Prepares the batches of the next steps on threads of its own while the current one is worked on.
///
/// A batch is a pure function of its step, so what comes out does not depend on when it was made, nor by which thread. Whoever asks for
/// another step than the expected one (after a restore) waits for that batch, and those prepared that are not among the next ones are
/// dropped. For one caller at a time. The threads end, and are waited for, when the loader is released.
final class BatchLoader<Batch> {
  private let queue: BatchQueue<Batch>
  private let threads: [SystemThread]
  /// Makes a batch where there are no threads: also where the process table has no room for one. Slower, and the same.
  private let unhurried: ((Int) throws -> Batch)?

  /// - Parameters:
  ///   - end: the step behind the last one; nothing is prepared from there on.
  ///   - threads: 0 to prepare nothing, and make each batch when it is asked for.
  ///   - ahead: the most batches that are prepared, or in the making, beside the one that is asked for.
  ///   - clock: seconds from any moment on.
  ///   - maker: the batch of a step, or an error, which is kept for whoever asks for that step. `maker` is called once for each thread,
  ///     and what it returns by that thread alone, so that it may keep what it likes for itself.
  init(
    before end: Int, threads: Int = 1, ahead: Int = 1, clock: @escaping @Sendable () -> Double = BatchWaiting.clock,
    _ maker: () -> (Int) throws -> Batch
  ) {
    precondition(threads >= 0 && ahead >= 1, "BatchLoader: \(threads) threads, \(ahead) batches ahead")
    let queue = BatchQueue<Batch>(before: end, ahead: ahead, clock: clock)
    let started = (0..<threads).compactMap { _ in
      let make = maker()
      return SystemThread { queue.work(make) }
    }
    self.queue = queue
    self.threads = started
    unhurried = started.isEmpty ? maker() : nil
  }

  deinit {
    queue.close()
    for thread in threads { thread.join() }
  }

  /// The batch of a step; the next ones are under way when this returns.
  /// - Throws: what making it threw. Asked for again, it is made again.
  func batch(at step: Int) throws -> Batch {
    if let unhurried { try queue.make(step, unhurried) } else { try queue.take(step) }
  }

  /// How long `batch` has waited so far.
  var waiting: BatchWaiting { queue.waiting }
}
