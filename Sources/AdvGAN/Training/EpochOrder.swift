import Jobs
import NN

/// In which order an epoch goes through the training pictures: a new permutation each epoch, cut into batches, the rest left out.
struct EpochOrder: Sendable {
  /// Batches an epoch.
  let steps: Int
  private let pictures: Int, batch: Int
  private let stream: RandomStream
  /// The permutation of the epoch that was asked for last: drawn once an epoch, not at every step.
  private var current: (epoch: Int, places: [Int]) = (-1, [])

  /// - Throws: `StageError` where there are too few pictures for one batch.
  init(pictures: Int, batch: Int, _ stream: RandomStream) throws(StageError) {
    guard pictures >= batch else {
      throw StageError("a batch has \(batch) pictures, but the data set only \(pictures) to train on; set a smaller 'batch'")
    }
    self.pictures = pictures
    self.batch = batch
    self.stream = stream
    steps = pictures / batch
  }

  /// The pictures of a step, counted from 0 over all epochs.
  mutating func places(at step: Int) -> [Int] {
    let epoch = step / steps
    if current.epoch != epoch {
      var chance = stream.derived("order", epoch)
      current = (epoch, chance.permutation(pictures))
    }
    let first = step % steps * batch
    return Array(current.places[first..<first + batch])
  }
}
