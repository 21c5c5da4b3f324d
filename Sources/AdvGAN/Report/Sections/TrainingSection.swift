/// How trainings went: losses and rates over the epochs, and which epoch was kept.
struct TrainingSection: ReportSection {
  static let anchor = "training", title = "Training"

  let study: Study

  var blocks: [ReportBlock] {
    let table = SelectionTable(study: study).table
    let plots = [validation].compactMap(\.self) + study.histories.flatMap(figures)
    return (table.map { [.table($0)] } ?? []) + (plots.isEmpty ? [] : [.figures(plots)])
  }

  var absences: [String] {
    if study.histories.isEmpty { return ["Curves over the epochs: the job file names no histories for this report."] }
    return study.histories.allSatisfy { $0.selection == nil } ? ["Best against last epoch: no training chose among its epochs."] : []
  }

  /// The keys of `metrics.jsonl` that have a place in this section's figures.
  static let keys: Set = [
    "loss_discriminator", "loss_generator", "loss_real", "loss_fake", "accuracy_real", "accuracy_fake", "recognised_real", "fooled_rate",
    "learning_rate", Quantity.validationClean.key, Quantity.validationRobust.key,
  ]

  private var curves: HistoryCurves { HistoryCurves(study: study) }

  /// Losses and rates over the epochs of one training.
  private func figures(of trained: Study.Trained) -> [Plot] {
    [
      curves.plot(trained, "losses", "losses over time", y: Plot.Axis(words: "loss"), losses(of: trained)),
      curves.plot(
        trained, "accuracies", "rates over time", y: Plot.Axis(words: "share of images, %", lower: 0, upper: 100), rates(of: trained),
        factor: 100),
      curves.plot(trained, "terms", "terms of the losses over time", y: Plot.Axis(words: "term of a loss"), terms(of: trained)),
    ].compactMap(\.self)
  }

  private func losses(of trained: Study.Trained) -> [HistoryCurves.Entry] {
    let network = trained.isCotraining ? "discriminator on " : "on "
    return [
      .init("loss_discriminator", "discriminator, all terms", "#0072b2"), .init("loss_generator", "generator", "#d55e00", .dashed),
      .init("loss_real", network + real(trained), "#009e73"), .init("loss_fake", network + fake(trained), "#cc79a7", .dashed),
    ]
  }

  private func rates(of trained: Study.Trained) -> [HistoryCurves.Entry] {
    [
      .init("accuracy_real", "class right, \(real(trained))", "#0072b2"),
      .init("accuracy_fake", "class right, \(fake(trained))", "#d55e00", .dashed),
      .init("recognised_real", "\(real(trained)) called real", "#009e73"),
      .init("fooled_rate", "\(fake(trained)) called real", "#cc79a7", .dashed),
      .init(Quantity.validationClean.key, "class right, clean validation images", "#56b4e9"),
      .init(Quantity.validationRobust.key, "class right, attacked validation images", "#000000", .dashed),
    ]
  }

  /// The real images as the network met them.
  private func real(_ trained: Study.Trained) -> String { trained.isAttacked ? "attacked training images" : "training images" }

  /// The generated ones; a co-training does not attack them, a fine-tuning does.
  private func fake(_ trained: Study.Trained) -> String {
    trained.isAttacked && !trained.isCotraining ? "attacked generated images" : "generated images"
  }

  /// Terms of losses, where they are more than the sums above.
  private func terms(of trained: Study.Trained) -> [HistoryCurves.Entry] {
    let keys = Set(trained.history.epochs.flatMap(\.values.keys)).filter { $0.hasPrefix("loss_") && !Self.keys.contains($0) }.sorted()
    return keys.enumerated().map { place, key in
      .init(
        key, String(key.dropFirst("loss_".count)).replacing("_", with: " "), Study.palette[place % Study.palette.count],
        key.hasPrefix("loss_generator") ? .dashed : .solid)
    }
  }

  /// Accuracy on validation images over the epochs, every classifier in one figure.
  private var validation: Plot? {
    let lines = study.histories.flatMap { trained -> [Plot.Line] in
      let ink = study.ink(of: trained)
      let label = study.label(of: trained)
      let clean = curves.line(trained.history, Quantity.validationClean.key, "\(label), clean", ink, .dashed, factor: 100)
      return [curves.line(trained.history, Quantity.validationRobust.key, "\(label), attacked", ink, .solid, factor: 100), clean]
    }
    return curves.assemble(
      "validation", nil, "Accuracy of the classifiers on validation images over time, attacked (solid) and clean (dashed).",
      y: Plot.Axis(words: "accuracy on validation images, %", lower: 0), lines)
  }
}

/// Which epoch was kept, and what stopping there did.
struct SelectionTable {
  let study: Study

  /// Nil when no training chose among its epochs.
  var table: ReportTable? {
    let chosen = study.histories.compactMap { trained in trained.selection.map { (trained: trained, selection: $0) } }
    if chosen.isEmpty { return nil }
    let epsilon = study.referenceEpsilon
    var header = ["Training", "best epoch", "last epoch", "validation, best", "validation, last"].map { ReportTable.Heading(words: $0) }
    if let epsilon { header += ["best", "last"].map { ReportTable.Heading(words: "test, \($0)", detail: "at \(epsilon.words)") } }
    return ReportTable(
      name: "selection", caption: "Model selection: the epoch with the highest accuracy on validation images, against the last epoch.",
      notes: [
        "Weights are chosen on validation images, which are in neither the training nor the test numbers. An accuracy that was chosen as the "
          + "highest of many is a little too high; the test columns are free of that."
      ] + measures(chosen), header: header, rows: chosen.map { row($0.trained, $0.selection, epsilon) }, values: values(chosen, epsilon))
  }

  /// What validation counts and what the evaluations beside it count.
  private func measures(_ chosen: [(trained: Study.Trained, selection: SelectionDocument)]) -> [String] {
    let attacks = chosen.compactMap { evaluation(of: $0.trained) }.flatMap(\.document.attacks).map(\.settings)
    let validation = Set(chosen.compactMap(\.selection.validationAttack).compactMap(Self.words)).sorted()
    let tests = Set(attacks.compactMap(Self.words)).sorted()
    if validation.isEmpty || tests.isEmpty { return [] }
    return [
      "Validation counts \(validation.joined(separator: " or ")) of its attack, the test columns count what their evaluations record: "
        + "\(tests.joined(separator: " or ")). Compare within a column, not validation with test."
    ]
  }

  /// `the last iterate of one run`, `every iterate of 5 runs`; nil for an attack without iterates.
  private static func words(_ attack: AttackRecord) -> String? {
    guard let counted = attack.counted, let runs = attack.restarts else { return nil }
    return "\(counted == "last" ? "the " : "")\(counted) iterate of \(runs == 1 ? "one run" : "\(runs) runs")"
  }

  private func row(_ trained: Study.Trained, _ selection: SelectionDocument, _ epsilon: Epsilon?) -> ReportTable.Row {
    let images = "\(selection.validationWords), \(Decimals.count(selection.validationImages)) images"
    var cells = [
      ReportTable.Cell(words: "\(selection.bestEpoch)"), .init(words: "\(selection.lastEpoch)"),
      .init(words: Decimals.percent(selection.validationAccuracyBest), detail: images),
      .init(words: Decimals.percent(selection.validationAccuracyLast), detail: images),
    ]
    if let epsilon {
      cells += ["best", "last"].map { weights in
        test(trained, weights, epsilon).map { .init(words: Decimals.percent($0.fraction), detail: AccuracyTables.words(for: $0.interval)) }
          ?? .empty
      }
    }
    return ReportTable.Row(name: study.label(of: trained), colour: study.ink(of: trained).colour, cells: cells)
  }

  /// The first evaluation of the training's artifact.
  private func evaluation(of trained: Study.Trained) -> Study.Evaluated? {
    study.evaluations.first { $0.subject?.digest == trained.stage.digest }
  }

  /// Test accuracy of the training's weights in that evaluation.
  private func test(_ trained: Study.Trained, _ weights: String, _ epsilon: Epsilon) -> Proportion? {
    let split = evaluation(of: trained)?.document.models.first { $0.weights == weights }?.split("test")
    return split.flatMap { split in split.point(epsilon).map { Proportion(correct: $0.correct, total: split.images) } }
  }

  private func values(_ chosen: [(trained: Study.Trained, selection: SelectionDocument)], _ epsilon: Epsilon?) -> ReportTable.Values {
    let rows = chosen.map { trained, selection in
      let names: [ReportTable.Field] = [.words(study.label(of: trained)), .words(trained.stage.name)]
      let validation: [ReportTable.Field] = [
        .whole(selection.bestEpoch), .whole(selection.lastEpoch), .number(selection.validationAccuracyBest),
        .number(selection.validationAccuracyLast), .whole(selection.validationImages),
      ]
      let tests = ["best", "last"].map { weights in epsilon.flatMap { test(trained, weights, $0) }?.fraction }
      return names + validation + [.rounded(epsilon?.per255)] + tests.map(ReportTable.Field.rounded)
    }
    return ReportTable.Values(
      columns: [
        "training", "stage", "best_epoch", "last_epoch", "validation_accuracy_best", "validation_accuracy_last", "validation_images",
        "test_epsilon_255", "test_best", "test_last",
      ], rows: rows)
  }
}
