import Jobs
import NN

/// In which order an epoch goes through the training images: a new permutation each epoch, cut into batches, the rest omitted.
struct EpochOrder: Sendable {
  /// Batches an epoch.
  let steps: Int
  private let images: Int, batch: Int
  private let stream: RandomStream
  /// The permutation of the epoch that was asked for last: drawn once an epoch, not at every step.
  private var current: (epoch: Int, places: [Int]) = (-1, [])

  /// - Throws: `StageError` where there are too few images for one batch.
  init(images: Int, batch: Int, _ stream: RandomStream) throws(StageError) {
    guard images >= batch else {
      throw StageError("a batch has \(batch) images, but the data set only \(images) to train on; set a smaller 'batch'")
    }
    (self.images, self.batch, self.stream) = (images, batch, stream)
    steps = images / batch
  }

  /// The images of a step, counted from 0 over all epochs.
  mutating func places(at step: Int) -> [Int] {
    let epoch = step / steps
    if current.epoch != epoch {
      var chance = stream.derived("order", epoch)
      current = (epoch, chance.permutation(images))
    }
    let first = step % steps * batch
    return Array(current.places[first..<first + batch])
  }
}
