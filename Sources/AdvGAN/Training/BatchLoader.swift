import Foundation
import Jobs
import NN

/// Prepares the batches of the next steps on threads of its own while the current one is worked on.
///
/// A batch is a pure function of its step: it does not depend on when it was made, nor on the thread that made it. After a request for another
/// step than the next one (as after a restore), prepared batches that are not among the next ones are dropped. The loader is used by one thread
/// at a time. Its threads end, and are waited for, when it is released.
final class BatchLoader<Batch> {
  private let queue: WorkQueue<Int, Batch>
  private let end: Int, ahead: Int
  private let clock: @Sendable () -> Double
  private var waited = 0.0
  /// When the first batch was asked for.
  private var begin: Double?

  /// - Parameters:
  ///   - end: the step after the last one; batches from there on are not prepared.
  ///   - threads: how many prepare batches; with 0, or where none can be started, each batch is made when it is asked for.
  ///   - ahead: the most batches that are prepared, or being prepared, beside the requested one.
  ///   - clock: in seconds; only differences count.
  ///   - makeMaker: called once for each thread. It returns a function from a step to its batch, which that thread alone calls. An error that
  ///     the function throws is thrown to the caller that asks for this step.
  init(
    before end: Int, threads: Int = 1, ahead: Int = 1, clock: @escaping @Sendable () -> Double = BatchWaiting.clock,
    _ makeMaker: () -> (Int) throws -> Batch
  ) {
    precondition(threads >= 0 && ahead >= 1, "BatchLoader: \(threads) threads, \(ahead) batches ahead")
    (self.end, self.ahead, self.clock) = (end, ahead, clock)
    queue = WorkQueue(threads: threads, makeMaker)
  }

  /// Waits for the batch of a step; the next ones are being prepared when this returns.
  /// - Throws: what making the batch threw. It is made again when it is asked for again.
  func batch(at step: Int) throws -> Batch {
    let start = clock()
    if begin == nil { begin = start }
    defer { waited += clock() - start }
    let next = step + 1..<max(step + 1, min(step + 1 + ahead, end))
    queue.keep { $0 == step || next.contains($0) }
    for step in [step] + next { queue.add(step, step) }
    return try queue.take(step)
  }

  /// The steps whose batches are prepared, or will be, before they are asked for.
  var prepared: Set<Int> { queue.numbers }

  /// How long `batch` has waited so far.
  var waiting: BatchWaiting { BatchWaiting(waited: waited, total: begin.map { clock() - $0 }) }
}

/// How long a training waited for its batches.
struct BatchWaiting: Equatable, Sendable {
  /// Seconds between requests and their batches, in total.
  var waited = 0.0
  /// Seconds since the first request; nil where there was none.
  var total: Double?

  /// Seconds of a monotonic clock.
  static let clock: @Sendable () -> Double = { Double(DispatchTime.now().uptimeNanoseconds) * 1e-9 }

  /// `waited 0.4 s of 812 s for images`; nil where no batch was requested.
  var words: String? { total.map { String(format: "waited %.1f s of %.0f s for images", waited, $0) } }
}

extension Workspace {
  /// Writes to the stage's log how long it waited for images.
  func log(_ waiting: BatchWaiting) {
    if let words = waiting.words { log.info("\(words)") }
  }
}

/// The real images of a step (N, H, W, 3), augmented, with their labels.
typealias TrainingBatch = (images: Tensor, labels: [Int])

extension BatchLoader<TrainingBatch> {
  /// The batches of a training run: the images that `order` assigns to a step, augmented by the step's own random stream.
  ///
  /// Each thread computes on a twin of `backend` with one thread; `backend` itself belongs to the caller.
  /// - Parameter threads: how many prepare batches, beside those of `backend`; nil for as many as `threads(beside:)` says.
  convenience init(
    of images: ImageSet, in order: EpochOrder, epochs: Int, _ augmentation: Augmentation, _ stream: RandomStream,
    beside backend: any Backend, threads: Int? = nil
  ) {
    let threads = threads ?? Self.threads(beside: backend.threads)
    self.init(before: epochs * order.steps, threads: threads, ahead: threads + 2) {
      let backend = backend.twin(threads: 1)
      var order = order
      return { step in try images.batch(order.places(at: step), augmentation, stream.derived("augmentation", step), on: backend) }
    }
  }

  /// How many threads prepare batches beside so many training threads: one, and another for every eight.
  static func threads(beside threads: Int) -> Int { 1 + threads / 8 }
}
