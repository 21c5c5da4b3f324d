/// Everything a report is made from: parsed, checked, and in the order of the job file. No files, no clock.
struct Study: Equatable, Sendable {
  var title: String
  /// Name of the evaluation stage that the others are compared with.
  var baseline: String?
  /// Words for stages, by name; a stage without has its name.
  var labels: [String: String] = [:]
  var evaluations: [Evaluated]
  var histories: [Trained]
  /// Stages of which only the settings are reported, as the one that made the data set.
  var sources: [StageSummary] = []

  /// One evaluation stage.
  struct Evaluated: Equatable, Sendable {
    var stage: StageSummary
    var document: EvaluationDocument

    /// The artifact whose networks were evaluated.
    var subject: StageSummary.Input? { stage.inputs.first { $0.role == "model" } }
    var dataset: StageSummary.Input? { stage.inputs.first { $0.role == "dataset" } }

    /// The model that stands for the stage in figures: the weights chosen on validation images where there is a choice.
    var chosen: EvaluationDocument.Model? { document.models.first { $0.weights == "best" } ?? document.models.first }
  }

  /// One training stage.
  struct Trained: Equatable, Sendable {
    var stage: StageSummary
    var history: TrainingHistory
    var selection: SelectionDocument?
    var samples: [SampleImage] = []
    /// Names of the classes that its settings chose for the samples, a column each; nil for the first ones.
    var sampledClasses: [String]? = nil

    /// A co-training has a generator and draws samples; every other training is one of a classifier.
    var isCotraining: Bool { stage.kind == "cotrain" }

    /// Whether images were attacked before the network learnt from them.
    var isAttacked: Bool { stage.setting("attack.kind") != "none" }
  }
}

/// What a manifest says of a stage that was run.
struct StageSummary: Equatable, Sendable, Codable {
  /// Name in the job file.
  var name: String
  /// `run:` in the job file.
  var kind: String
  /// SHA-256 of the artifact's content, 64 hexadecimal digits, as the artifacts made from it name it.
  var digest: String
  /// Every setting with the value that was used, nested names joined by points, in the order of their names.
  var settings: [Setting]
  var inputs: [Input]

  struct Setting: Equatable, Sendable, Codable {
    var name: String
    var value: String
  }

  struct Input: Hashable, Sendable, Codable {
    var role: String
    var stage: String
    var digest: String
  }

  func setting(_ name: String) -> String? { settings.first { $0.name == name }?.value }
}

/// A grid of generated images, one column a class.
struct SampleImage: Equatable, Sendable {
  var epoch: Int
  /// The PNG file as it lies in the artifact, and its size in pixels.
  var png: [UInt8]
  var width: Int
  var height: Int
}

extension Study {
  /// Words for an evaluation: its own label, else the label of the training behind it, else its name.
  func label(of evaluated: Evaluated) -> String {
    labels[evaluated.stage.name] ?? evaluated.subject.flatMap { labels[$0.stage] } ?? evaluated.stage.name
  }

  /// Words for a training: its own label, else the label of an evaluation of its artifact, else its name.
  func label(of trained: Trained) -> String {
    let evaluation = evaluations.first { $0.subject?.digest == trained.stage.digest }
    return labels[trained.stage.name] ?? evaluation.flatMap { labels[$0.stage.name] } ?? trained.stage.name
  }

  /// Every stage the report knows of, in the order of the work: data, trainings, evaluations.
  var stages: [StageSummary] { sources + histories.map(\.stage) + evaluations.map(\.stage) }

  /// A name that is safe as a file and as an anchor. The characters of stage names stay, so that two stages never share a file.
  static func fileName(_ name: String) -> String {
    String(name.map { $0.isASCII && ($0.isLetter || $0.isNumber || "-_.@=,+".contains($0)) ? $0 : "-" })
  }

  var baselineEvaluation: Evaluated? { evaluations.first { $0.stage.name == baseline } }

  /// All epsilons that were tried on a split, weakest first.
  func epsilons(on split: String) -> [Epsilon] {
    let points = evaluations.flatMap(\.document.models).compactMap { $0.split(split) }.flatMap(\.points)
    return Set(points.map(\.radius)).sorted()
  }

  /// The epsilon at which the summary and the per-class table look: of those tried on the test images the one nearest to 8/255.
  var referenceEpsilon: Epsilon? {
    epsilons(on: "test").filter { !$0.isClean }.min {
      abs($0.onUnitScale - Epsilon.usual.onUnitScale) < abs($1.onUnitScale - Epsilon.usual.onUnitScale)
    }
  }

  /// Fine-tuned classifiers beside the co-trained one that they began from (Fig. 5).
  ///
  /// An evaluation of a co-training is one whose evaluated weights are `discriminator`. A fine-tuned evaluation belongs to it when the
  /// fine-tuning (known from `histories`) began from the discriminator of that very artifact: its input of the role `discriminator` has the
  /// same digest.
  var fineTunings: [(cotrained: Evaluated, fineTuned: [Evaluated])] {
    evaluations.compactMap { cotrained in
      guard let origin = cotrained.subject, cotrained.document.models.contains(where: { $0.weights == "discriminator" }) else { return nil }
      let descendants = histories.filter { $0.stage.inputs.contains { $0.digest == origin.digest && $0.role == "discriminator" } }
      let digests = Set(descendants.map(\.stage.digest))
      let fineTuned = evaluations.filter { $0.subject.map { digests.contains($0.digest) } ?? false }
      return fineTuned.isEmpty ? nil : (cotrained, fineTuned)
    }
  }

  /// Names of the classes of the data set that a training saw, from an evaluation on the same data set.
  func classNames(for trained: Trained) -> [String]? {
    let datasets = Set(trained.stage.inputs.filter { $0.role == "dataset" }.map(\.digest))
    let evaluation = evaluations.first { $0.dataset.map { datasets.contains($0.digest) } ?? false }
    return evaluation?.document.models.first?.splits.first?.classNames
  }
}

/// Rows of tables.
extension Study {
  /// One line of a table of models.
  struct ModelRow: Equatable, Sendable {
    var evaluated: Evaluated
    var model: EvaluationDocument.Model
    var name: String
  }

  /// The models of all evaluations, best and last together where they are one.
  var modelRows: [ModelRow] { evaluations.flatMap(rows) }

  /// A row for each kind of weights; one row for both where the training's record says that its best epoch was its last, and the two
  /// evaluations agree on every number. The only weights of a co-training go without saying.
  private func rows(of evaluated: Evaluated) -> [ModelRow] {
    let label = label(of: evaluated)
    let one = epochOfBestAndLast(evaluated)
    return evaluated.document.models.compactMap { model in
      switch (model.weights, one) {
      case ("discriminator", _): ModelRow(evaluated: evaluated, model: model, name: label)
      case ("best", .some(let epoch)):
        ModelRow(evaluated: evaluated, model: model, name: "\(label), best\u{A0}=\u{A0}last (epoch\u{A0}\(epoch))")
      case ("last", .some): nil
      default: ModelRow(evaluated: evaluated, model: model, name: "\(label), \(model.weights)")
      }
    }
  }

  /// The epoch of both, or nil where they differ or nothing tells.
  private func epochOfBestAndLast(_ evaluated: Evaluated) -> Int? {
    func splits(_ weights: String) -> [EvaluationDocument.Split]? { evaluated.document.models.first { $0.weights == weights }?.splits }
    guard let selection = training(of: evaluated)?.selection, selection.bestEpoch == selection.lastEpoch, let best = splits("best"),
      best == splits("last")
    else { return nil }
    return selection.lastEpoch
  }

  /// The first three columns of a tidy table: model, stage, weights.
  func names(_ evaluated: Evaluated, _ model: EvaluationDocument.Model) -> [ReportTable.Field] {
    [.words(label(of: evaluated)), .words(evaluated.stage.name), .words(model.weights)]
  }
}

/// Colours.
extension Study {
  /// The colours of Okabe and Ito, told apart by colour-blind readers too and dark enough for lines on white; yellow is skipped, black stands last.
  static let palette = ["#0072b2", "#d55e00", "#009e73", "#cc79a7", "#e69f00", "#56b4e9", "#000000"]

  /// Filled circle, square, triangles, diamond, pentagon: with seven colours the pair repeats only after 42 models.
  static let marks = [7, 5, 9, 13, 11, 15]

  private static func ink(_ number: Int) -> Ink { Ink(colour: palette[number % palette.count], mark: marks[number % marks.count]) }

  /// One ink for each evaluation, in the order of the job file.
  func ink(of evaluated: Evaluated) -> Ink { Self.ink(evaluations.firstIndex { $0.stage.name == evaluated.stage.name } ?? 0) }

  /// A training has the ink of the first evaluation of its artifact; trainings that were not evaluated follow after all evaluations.
  func ink(of trained: Trained) -> Ink {
    if let evaluation = evaluations.first(where: { $0.subject?.digest == trained.stage.digest }) { return ink(of: evaluation) }
    let others = histories.filter { other in !evaluations.contains { $0.subject?.digest == other.stage.digest } }
    return Self.ink(evaluations.count + (others.firstIndex { $0.stage.name == trained.stage.name } ?? 0))
  }
}

/// What the report asks of an evaluation's numbers.
extension EvaluationDocument.Point {
  /// Read files are checked, so that this holds for every epsilon in them.
  var radius: Epsilon { Epsilon.reported(epsilon) }
}

extension EvaluationDocument.Split {
  func point(_ epsilon: Epsilon) -> EvaluationDocument.Point? { points.first { $0.radius == epsilon } }
}

extension EvaluationDocument.ClassCount {
  var proportion: Proportion { Proportion(correct: correct, total: images) }
}
