import IO
import Jobs

@testable import AdvGAN

/// Inputs of a report that are made up but plausible: five models, two co-trainings, three classifiers.
enum ReportFixtures {
  static let classes = ["airplane", "automobile", "bird", "cat", "deer", "dog", "frog", "horse", "ship", "truck"]
  static let dataset = StageSummary.Input(role: "dataset", stage: "dataset", digest: digest("d"))

  static func digest(_ digit: Character) -> String { String(repeating: digit, count: 64) }

  static func stage(
    _ name: String, _ kind: String, _ digit: Character, from: [StageSummary.Input] = [], _ settings: [(String, String)] = []
  )
    -> StageSummary
  {
    StageSummary(
      name: name, kind: kind, digest: digest(digit), settings: settings.map { .init(name: $0.0, value: $0.1) }, inputs: [dataset] + from)
  }

  static func input(_ role: String, _ stage: String, _ digit: Character) -> StageSummary.Input {
    StageSummary.Input(role: role, stage: stage, digest: digest(digit))
  }

  static let attack = AttackRecord([
    "kind": "pgd", "norm": "linf", "objective": "cross-entropy", "steps": 20, "step": "2/255", "random_start": true, "restarts": 1,
    "counted": "every",
  ])

  /// A split of `images` images with `correct` of them right at each epsilon given in 255ths; classes share them as evenly as can be.
  static func split(
    _ name: String, _ images: Int, of all: Int? = nil, _ correct: [(per255: Double, correct: Int)], lipschitz: Double? = nil,
    classes: [String] = classes
  ) -> EvaluationDocument.Split {
    func share(_ count: Int, _ number: Int) -> Int { count / classes.count + (number < count % classes.count ? 1 : 0) }
    let points = correct.map { per255, correct in
      EvaluationDocument.Point(
        epsilon: per255 / 255, epsilonText: "\(per255)/255", epsilonPaperScale: 2 * per255 / 255, correct: correct,
        accuracy: Double(correct) / Double(images),
        perClass: classes.indices.map { .init(images: share(images, $0), correct: share(correct, $0)) })
    }
    return EvaluationDocument.Split(
      split: name, images: images, imagesInSplit: all ?? images, classNames: classes,
      metrics: lipschitz.map { [Measured(LocalLipschitz.quantity, mean: $0, images: images)] } ?? [], points: points)
  }

  /// One weights' numbers on 1000 test and 1000 of 4000 training images.
  static func model(_ weights: String, test: [Int], train: [Int], lipschitz: (Double, Double) = (0.5, 0.6)) -> EvaluationDocument.Model {
    let epsilons = [0, 2, 4, 8].map(Double.init)
    return EvaluationDocument.Model(
      weights: weights,
      splits: [
        split("train", 1000, of: 4000, Array(zip(epsilons, train)), lipschitz: lipschitz.0),
        split("test", 1000, Array(zip(epsilons, test)), lipschitz: lipschitz.1),
      ])
  }

  static func evaluated(_ name: String, _ digit: Character, of subject: StageSummary.Input, _ models: [EvaluationDocument.Model])
    -> Study.Evaluated
  {
    Study.Evaluated(
      stage: stage(name, "evaluate", digit, from: [subject], [("epsilons", "0, 2/255, 4/255, 8/255"), ("steps", "20")]),
      document: EvaluationDocument(network: "resnet32", width: 16, attacks: [.init(name: "pgd", settings: attack)], models: models))
  }

  static let evaluations = [
    evaluated(
      "evaluate-undefended", "1", of: input("model", "undefended", "a"),
      [
        model("best", test: [642, 210, 38, 0], train: [801, 322, 71, 2], lipschitz: (4.3, 6.12)),
        model("last", test: [640, 180, 30, 0], train: [840, 310, 60, 1], lipschitz: (4.9, 7.5)),
      ]),
    evaluated(
      "evaluate-madry", "2", of: input("model", "madry", "b"),
      [
        model("best", test: [385, 310, 246, 146], train: [413, 330, 262, 170], lipschitz: (0.52, 0.61)),
        model("last", test: [391, 302, 231, 140], train: [450, 361, 301, 196], lipschitz: (0.6, 0.84)),
      ]),
    evaluated(
      "evaluate-cotrain", "3", of: input("model", "cotrain", "c"),
      [model("discriminator", test: [383, 190, 91, 11], train: [402, 201, 95, 14], lipschitz: (1.2, 1.31))]),
    evaluated(
      "evaluate-finetune@lambda=0", "4", of: input("model", "finetune@lambda=0", "e"),
      [
        model("best", test: [434, 372, 303, 198], train: [483, 401, 339, 229], lipschitz: (0.43, 0.55)),
        model("last", test: [436, 365, 299, 190], train: [502, 431, 366, 262], lipschitz: (0.48, 0.73)),
      ]),
    evaluated(
      "evaluate-finetune@lambda=0.5", "5", of: input("model", "finetune@lambda=0.5", "f"),
      [
        model("best", test: [393, 344, 285, 185], train: [445, 381, 312, 216], lipschitz: (0.39, 0.47)),
        model("last", test: [397, 341, 280, 186], train: [451, 388, 320, 221], lipschitz: (0.41, 0.52)),
      ]),
  ]

  static let labels = [
    "evaluate-undefended": "Undefended", "evaluate-madry": "Adversarial training (Madry)", "cotrain": "Co-trained, split loss",
    "cotrain-acgan": "Co-trained, AC-GAN loss", "finetune@lambda=0": "Fine-tuned, λ = 0", "finetune@lambda=0.5": "Fine-tuned, λ = 0.5",
  ]

  static let study = Study(
    title: "CIFAR-10, small sample", baseline: "evaluate-madry", labels: labels, evaluations: evaluations, histories: histories)
}
