import Foundation
import Jobs

/// Prepares the batch of the next step on a thread of its own while the current one is worked on.
///
/// A batch is a pure function of its step, so what comes out does not depend on when it was made, nor by which thread. Whoever asks for
/// another step than the expected one (after a restore) waits for that batch, and the prepared one is dropped. For one caller at a time.
/// The thread ends, and is waited for, when the loader is released.
final class BatchLoader<Batch> {
  private let desk: Desk
  private var thread: SystemThread?

  /// - Parameters:
  ///   - end: the step behind the last one; nothing is prepared from there on.
  ///   - ahead: false to prepare nothing, and make each batch when it is asked for.
  ///   - make: the batch of a step. Called by one thread at a time, so it may keep what it likes for itself.
  init(before end: Int, ahead: Bool = true, _ make: sending @escaping (Int) -> Batch) {
    desk = Desk(end, make)
    if ahead { thread = SystemThread(desk.work) }
  }

  deinit {
    guard let thread else { return }
    desk.close()
    thread.join()
  }

  /// The batch of a step; the next one is under way when this returns.
  func batch(at step: Int) -> Batch {
    // Also where the process table has no room for another thread: slower, and the same.
    thread == nil ? desk.make(step) : desk.take(step)
  }
}

extension BatchLoader {
  /// What both threads see: which step is wanted next, and the batch that is ready. The thread holds it, not the loader, so that a loader
  /// can be released at any moment.
  ///
  /// Unchecked: `make` is called by the thread alone, or by the caller where there is none; what changes is touched with the lock held
  /// only; a batch is handed over whole.
  private final class Desk: @unchecked Sendable {
    let make: (Int) -> Batch
    private let end: Int
    private let lock = NSCondition()
    private var wanted: Int?
    private var ready: (step: Int, batch: Batch)?
    private var isClosed = false

    init(_ end: Int, _ make: sending @escaping (Int) -> Batch) {
      self.end = end
      self.make = make
    }

    /// Waits for the batch of a step and asks for the next.
    func take(_ step: Int) -> Batch {
      lock.lock()
      defer { lock.unlock() }
      if wanted != step { want(step) }
      while true {
        if let (made, batch) = ready, made == step {
          want(step + 1 < end ? step + 1 : nil)
          return batch
        }
        lock.wait()
      }
    }

    func close() {
      lock.lock()
      isClosed = true
      lock.broadcast()
      lock.unlock()
    }

    /// With the lock held.
    private func want(_ step: Int?) {
      (wanted, ready) = (step, nil)
      lock.broadcast()
    }

    /// The thread's life: makes what is wanted until the desk is closed. The lock is not held while a batch is made.
    func work() {
      lock.lock()
      defer { lock.unlock() }
      while !isClosed {
        guard let step = wanted, ready == nil else {
          lock.wait()
          continue
        }
        lock.unlock()
        let batch = make(step)
        lock.lock()
        // Another step may be wanted by now.
        guard wanted == step else { continue }
        ready = (step, batch)
        lock.broadcast()
      }
    }
  }
}
