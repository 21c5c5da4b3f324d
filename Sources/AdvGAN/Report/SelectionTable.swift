/// Which epoch was kept, and what stopping there did.
struct SelectionTable {
  let study: Study

  /// Nil when no training chose among its epochs.
  var table: ReportTable? {
    let chosen = study.histories.compactMap { trained in trained.selection.map { (trained: trained, selection: $0) } }
    if chosen.isEmpty { return nil }
    let epsilon = study.referenceEpsilon
    var header = ["Training", "best epoch", "last epoch", "validation, best", "validation, last"].map { ReportTable.Heading(words: $0) }
    if let epsilon {
      header += ["best", "last"].map { ReportTable.Heading(words: "test, \($0)", detail: "at \(epsilon.words)") }
    }
    return ReportTable(
      name: "selection",
      caption: "Model selection: the epoch with the highest accuracy on validation images, against the last epoch.",
      notes: [
        "Weights are chosen on validation images, which are in neither the training nor the test numbers. An accuracy that was chosen as the "
          + "highest of many is a little too high; the test columns are free of that."
      ] + measures(chosen),
      header: header, rows: chosen.map { row($0.trained, $0.selection, epsilon) }, values: values(chosen, epsilon))
  }

  /// What validation counts and what the evaluations beside it count.
  private func measures(_ chosen: [(trained: Study.Trained, selection: SelectionDocument)]) -> [String] {
    let attacks = chosen.compactMap { evaluation(of: $0.trained)?.document.attack }
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
      .init(words: Decimals.percent(selection.validationRobustBest), detail: images),
      .init(words: Decimals.percent(selection.validationRobustLast), detail: images),
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

  private func values(_ chosen: [(trained: Study.Trained, selection: SelectionDocument)], _ epsilon: Epsilon?)
    -> ReportTable.Values
  {
    let rows = chosen.map { trained, selection in
      let names: [ReportTable.Field] = [.words(study.label(of: trained)), .words(trained.stage.name)]
      let validation: [ReportTable.Field] = [
        .whole(selection.bestEpoch), .whole(selection.lastEpoch), .number(selection.validationRobustBest),
        .number(selection.validationRobustLast), .whole(selection.validationImages),
      ]
      let tests = ["best", "last"].map { weights in epsilon.flatMap { test(trained, weights, $0) }?.fraction }
      return names + validation + [.rounded(epsilon?.per255)] + tests.map(ReportTable.Field.rounded)
    }
    return ReportTable.Values(
      columns: [
        "training", "stage", "best_epoch", "last_epoch", "validation_robust_best", "validation_robust_last", "validation_images",
        "test_epsilon_255", "test_best", "test_last",
      ], rows: rows)
  }
}
