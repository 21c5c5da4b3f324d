import NN

/// The real pictures of a step (N, H, W, 3), augmented, with their labels.
typealias TrainingBatch = (pictures: Tensor, labels: [Int])

extension BatchLoader<TrainingBatch> {
  /// The batches of a training of so many epochs: the pictures that `order` gives a step, augmented by the step's own stream.
  ///
  /// Arithmetic and memory are twins of `backend`, on one thread each: the caller's serves the caller.
  /// - Parameter threads: that read pictures, beside those of `backend`; nil for as many as `threads(beside:)` says.
  convenience init(
    of pictures: PictureSet, in order: EpochOrder, epochs: Int, _ augmentation: Augmentation, _ stream: RandomStream,
    beside backend: any Backend, threads: Int? = nil
  ) {
    let threads = threads ?? Self.threads(beside: backend.threads)
    self.init(before: epochs * order.steps, threads: threads, ahead: threads + 2) {
      let backend = backend.twin(threads: 1)
      var order = order
      return { step in
        try pictures.batch(order.places(at: step), augmentation, stream.derived("augmentation", step), on: backend)
      }
    }
  }

  /// How many threads read pictures beside a training on so many: one, and another for every eight.
  static func threads(beside threads: Int) -> Int { 1 + threads / 8 }
}
