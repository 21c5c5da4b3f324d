import NN

/// The real images of a step (N, H, W, 3), augmented, with their labels.
typealias TrainingBatch = (images: Tensor, labels: [Int])

extension BatchLoader<TrainingBatch> {
  /// The batches of a training of so many epochs: the images that `order` gives a step, augmented by the step's own stream.
  ///
  /// Arithmetic and memory are twins of `backend`, on one thread each: the caller's serves the caller.
  /// - Parameter threads: that read images, beside those of `backend`; nil for as many as `threads(beside:)` says.
  convenience init(
    of images: ImageSet, in order: EpochOrder, epochs: Int, _ augmentation: Augmentation, _ stream: RandomStream,
    beside backend: any Backend, threads: Int? = nil
  ) {
    let threads = threads ?? Self.threads(beside: backend.threads)
    self.init(before: epochs * order.steps, threads: threads, ahead: threads + 2) {
      let backend = backend.twin(threads: 1)
      var order = order
      return { step in
        try images.batch(order.places(at: step), augmentation, stream.derived("augmentation", step), on: backend)
      }
    }
  }

  /// How many threads read images beside a training on so many: one, and another for every eight.
  static func threads(beside threads: Int) -> Int { 1 + threads / 8 }
}
