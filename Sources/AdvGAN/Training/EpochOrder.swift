import Jobs
import NN

/// In which order an epoch goes through the training pictures: a new permutation each epoch, cut into batches, the rest left out.
struct EpochOrder: Sendable {
  /// Batches an epoch.
  let steps: Int
  private let pictures: Int, batch: Int
  private let stream: RandomStream

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
  func places(at step: Int) -> [Int] {
    var chance = stream.derived("order", step / steps)
    let first = step % steps * batch
    return Array(chance.permutation(pictures)[first..<first + batch])
  }
}
