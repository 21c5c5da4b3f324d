import IO
import Jobs
import NN

/// The weights that artifacts hold, by the name of their member without its extension.
enum WeightsName: String, CaseIterable {
  case discriminator, best, last, generator
  case average = "generator-ema"

  /// The member's name.
  var file: String { rawValue + ".safetensors" }
}

extension Artifact {
  /// The classifiers in it: a co-training's discriminator, or a fine-tuning's best and last.
  var classifierWeights: [WeightsName] { [.discriminator, .best, .last].filter { has($0.file) } }

  /// The state dict of these weights.
  func state(_ weights: WeightsName) throws(FileError) -> [String: StateTensor] {
    try StateFile.decoded(bytes(of: weights.file), from: path.appending(weights.file))
  }

  /// The discriminator of a co-training, or the best classifier of a fine-tuning.
  var weightsToStartFrom: WeightsName { has(WeightsName.discriminator.file) ? .discriminator : .best }
}

extension ModelDescription {
  /// - Throws: `StageError` where the model was trained on other classes.
  func require(classes others: [String], in artifact: Artifact) throws(StageError) {
    guard classes == others else {
      throw StageError("'\(artifact.manifest.stage)' was trained on \(classes.count) classes, the data set has \(others.count), or others")
    }
  }
}

extension Dataset {
  /// The same images for a network: larger squares are scaled down to its side whenever they are read.
  /// - Throws: `StageError` where the images are smaller than the network's, or no squares.
  func fitted(to kind: NetworkKind) throws(StageError) -> Dataset {
    var fitted = splits
    for (split, images) in splits.sorted(by: { $0.key < $1.key }) {
      guard images.height >= kind.side, images.width == images.height else {
        throw StageError(
          "the network '\(kind.name)' takes images of \(kind.side)x\(kind.side) pixels, but those of '\(split.rawValue)' have "
            + "\(images.width)x\(images.height); larger squares are scaled down to it")
      }
      fitted[split]?.side = kind.side
    }
    return Dataset(classes: classes, splits: fitted, present: present)
  }
}
