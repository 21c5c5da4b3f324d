import NN

/// The local Lipschitz value of the paper's Fig. 1: the L2 norm of the gradient of the classification loss by the image.
public enum LocalLipschitz {
  /// One norm an image, per unit of the [-1, 1] pixel scale (half of the value per unit of [0, 1]); inference mode.
  ///
  /// The paper's eq. (6) has the norm, not its square; so has this.
  public static func norms(_ batch: LabelledImages, _ classifier: any Classifier) -> [Double] {
    classifier.backend.rowNorms(classifier.inputGradient(of: CrossEntropyObjective(), at: batch).gradient)
  }
}

extension Dataset {
  /// Mean local Lipschitz values over the first images of train and test, under the names of `metrics.jsonl`.
  /// `check` is called before every batch; what it throws ends the measurement, and so does an image that cannot be read.
  func lipschitzValues(of model: DiscriminatorModel, images count: Int, check: () throws -> Void) throws -> [String: Double] {
    var result: [String: Double] = [:]
    for split in [Split.train, .test] {
      guard let set = splits[split] else { continue }
      var norms: [Double] = []
      for start in stride(from: 0, to: min(count, set.count), by: 100) {
        try check()
        let (x, labels) = try set.batch(start..<min(start + 100, count, set.count), on: model.backend)
        norms += LocalLipschitz.norms(LabelledImages(x, labels), model)
      }
      result["lipschitz_\(split.rawValue)"] = norms.reduce(0, +) / Double(norms.count)
    }
    return result
  }
}
