import AdvGAN
import NN
import TestSupport

/// A network whose own predictions are the labels, but for two images that it has wrong.
struct AttackScene {
  let subject: AttackSubject
  let model: DiscriminatorModel
  let x: Tensor
  let predictions: [Int], labels: [Int]

  init(_ subject: AttackSubject, on backend: any Backend) throws {
    self.subject = subject
    x = subject.images(on: backend)
    model = Self.levelled(try subject.model(on: backend), x)
    let logits = StateTensor(model.classLogits(x))
    predictions = (0..<8).map { n in
      let row = logits.row(n).values
      return row.firstIndex(of: row.max() ?? .nan) ?? 0
    }
    labels = predictions.enumerated().map { $0 == 2 || $0 == 7 ? ($1 + 1) % 5 : $1 }
  }

  var wasCorrect: [Bool] { model.backend.isCorrect(model.classLogits(x), labels) }

  /// The class head's biases moved so that no class is preferred over all images: a fresh network finds one class everywhere.
  private static func levelled(_ model: DiscriminatorModel, _ x: Tensor) -> DiscriminatorModel {
    let backend = model.backend
    var model = model
    let logits = StateTensor(model.classLogits(x))
    let means = (0..<5).map { logits.channel($0).values.reduce(0, +) / 8 }
    for (index, specification) in model.parameters.specifications.enumerated() where specification.fileShape == [5] {
      let bias = zip(model.parameters.values[index].values, means).map { $0 - $1 }
      model.parameters.update(index) { $0 = backend.tensor(bias, [5]) }
    }
    return model
  }

  /// `epsilon` in 255ths. Steps so large that an iterate may be left for a worse one.
  func survivors(epsilon: Double, restarts: Int, _ rule: IterateRule) -> [Bool] {
    let attack = PGD(steps: 3, step: .fixed(.levels(0.8 * epsilon)), randomStart: true, restarts: restarts, counted: rule)
    return survivors(attack, epsilon: epsilon, labels, wasCorrect: wasCorrect)
  }

  func survivors(_ attack: any Attack, epsilon: Double = 0, _ labels: [Int], wasCorrect: [Bool]) -> [Bool] {
    attack.verdicts(LabelledImages(x, labels), model, Threat(radius: .levels(epsilon)), wasCorrect: wasCorrect, subject.stream) {}
      .map { $0 == .survived }
  }
}
