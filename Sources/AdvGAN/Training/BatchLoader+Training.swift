import NN

/// The real pictures of a step (N, H, W, 3), augmented, with their labels.
typealias TrainingBatch = (pictures: Tensor, labels: [Int])

extension BatchLoader<TrainingBatch> {
  /// The batches of a training of so many epochs: the pictures that `order` gives a step, augmented by the step's own stream.
  ///
  /// Arithmetic and memory are a twin's of `backend`, on one thread: the caller's serves the caller.
  convenience init(
    of pictures: PictureSet, in order: EpochOrder, epochs: Int, _ augmentation: Augmentation, _ stream: RandomStream,
    beside backend: any Backend, ahead: Bool = true
  ) {
    let backend = backend.twin(threads: 1)
    var order = order
    self.init(before: epochs * order.steps, ahead: ahead) { step in
      pictures.batch(order.places(at: step), augmentation, stream.derived("augmentation", step), on: backend)
    }
  }
}
