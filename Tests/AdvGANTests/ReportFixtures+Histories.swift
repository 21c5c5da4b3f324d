import IO
import Jobs

@testable import AdvGAN

extension ReportFixtures {
  static let watched = [
    Quantity("lipschitz_train", "local Lipschitz value, training images"), Quantity("lipschitz_test", "local Lipschitz value, test images"),
  ]

  static let histories = [
    cotraining("cotrain", "c", loss: "split", shade: 0), cotraining("cotrain-acgan", "7", loss: "acgan", shade: 90),
    classifier("madry", "b", from: [], top: 0.26),
    classifier("finetune@lambda=0", "e", from: [input("discriminator", "cotrain", "c"), input("generator", "cotrain", "c")], top: 0.31),
    classifier("finetune@lambda=0.5", "f", from: [input("discriminator", "cotrain", "c"), input("generator", "cotrain", "c")], top: 0.30),
  ]

  static func cotraining(_ name: String, _ digit: Character, loss: String, shade: Int, epochs: Int = 12) -> Study.Trained {
    let history = (1...epochs).map { epoch -> TrainingHistory.Epoch in
      let t = Double(epoch)
      return TrainingHistory.Epoch(
        epoch: epoch, step: 62 * epoch,
        values: [
          "learning_rate": 0.0002, "loss_discriminator": 1.4 + 1.2 / t, "loss_real": 0.9 + 0.9 / t, "loss_fake": 0.5 + 0.3 / t,
          "loss_generator": 0.8 + 1.5 / t + 0.02 * t, "accuracy_real": 0.1 + 0.03 * t, "accuracy_fake": 0.1 + 0.05 * t,
          "recognised_real": 0.55 + 0.015 * t,
          "fooled_rate": 0.4 - 0.01 * t, "lipschitz_train": 0.9 - 0.02 * t, "lipschitz_test": 0.9 + 0.04 * t,
        ])
    }
    let settings = [("attack.epsilon", "4/255"), ("attack.steps", "5"), ("epochs", "\(epochs)"), ("loss", loss), ("network", "resnet32")]
    let samples = stride(from: 2, through: epochs, by: 2).map { sampleImage(epoch: $0, shade: shade) }
    return Study.Trained(stage: stage(name, "cotrain", digit, settings), history: TrainingHistory(epochs: history, quantities: watched), samples: samples)
  }

  static func classifier(_ name: String, _ digit: Character, from: [StageSummary.Input], top: Double, epochs: Int = 20) -> Study.Trained {
    let best = 14
    let history = (1...epochs).map { epoch -> TrainingHistory.Epoch in
      let t = Double(epoch)
      return TrainingHistory.Epoch(
        epoch: epoch, step: 62 * epoch,
        values: [
          "learning_rate": 0.001, "loss_real": 1.6 + 0.8 / t, "accuracy_real": 0.2 + 0.01 * t,
          "validation_clean": 0.3 + 0.006 * t, "validation_robust": top - 0.0015 * abs(t - Double(best)), "lipschitz_train": 0.5,
          "lipschitz_test": 0.5 + 0.01 * t,
        ], best: epoch <= best)
    }
    return Study.Trained(
      stage: stage(
        name, "finetune", digit, from: from,
        [("epochs", "\(epochs)"), ("lambda", name.hasSuffix("0.5") ? "0.5" : "0"), ("network", "resnet32")]),
      history: TrainingHistory(epochs: history, quantities: watched),
      selection: SelectionDocument(
        bestEpoch: best, lastEpoch: epochs, validationAccuracyBest: top, validationAccuracyLast: top - 0.009, validationImages: 500,
        validationAttack: AttackRecord(["kind": "pgd", "norm": "linf", "epsilon": "8/255", "restarts": 1, "counted": "last"]),
        endedEarly: false))
  }

  /// A grid of ten columns and eight rows of 32 x 32 pixels in blurred colours.
  static func sampleImage(epoch: Int, shade: Int) -> SampleImage {
    let width = 320
    let height = 256
    var rgb: [UInt8] = []
    for y in 0..<height {
      for x in 0..<width {
        let column = x / 32
        let row = y / 32
        let dx = x % 32 - 16
        let dy = y % 32 - 16
        let inside = dx * dx + dy * dy < (40 + 12 * epoch + 17 * row % 60)
        rgb.append(UInt8((column * 23 + shade + (inside ? 90 : 0)) % 256))
        rgb.append(UInt8((row * 19 + column * 11 + (inside ? 60 : 120)) % 256))
        rgb.append(UInt8((column * 37 + row * 7 + (inside ? 20 : 150) + shade) % 256))
      }
    }
    return SampleImage(
      epoch: epoch, png: PNG.encode(Image(width: width, height: height, rgb: rgb)), width: width, height: height)
  }
}
