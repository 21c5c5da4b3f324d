/// How much better the models are on the images they were trained on (the gap of the paper's Figs. 1 and 8).
struct GapTable {
  let study: Study

  /// Accuracy on training images minus accuracy on test images ; nil where one of the two was not measured.
  static func gap(_ model: EvaluationDocument.Model, at epsilon: Epsilon) -> ProportionDifference? {
    guard let train = model.split("train"), let test = model.split("test"), let seen = train.point(epsilon),
      let unseen = test.point(epsilon)
    else { return nil }
    return ProportionDifference(
      Proportion(correct: seen.correct, total: train.images), minus: Proportion(correct: unseen.correct, total: test.images))
  }

  /// Nil when no model was tried on both splits.
  var table: ReportTable? {
    let epsilons = study.epsilons(on: "test").filter { epsilon in models.contains { Self.gap($0.model, at: epsilon) != nil } }
    if epsilons.isEmpty { return nil }
    let rows = study.modelRows.filter { entry in epsilons.contains { Self.gap(entry.model, at: $0) != nil } }.map { entry in
      ReportTable.Row(
        name: entry.name, colour: study.ink(of: entry.evaluated).colour, cells: epsilons.map { cell(entry.model, $0) })
    }
    return ReportTable(
      name: "gap", caption: "Generalisation gap: accuracy on training images minus accuracy on test images, in percentage points.",
      notes: ["In small print: 95 % interval of the difference (Newcombe, two independent samples of images), in general not symmetric."],
      header: [.init(words: "Model")] + epsilons.map(AccuracyTables.heading), rows: rows, values: values(epsilons))
  }

  private var models: [(evaluated: Study.Evaluated, model: EvaluationDocument.Model)] {
    study.evaluations.flatMap { evaluated in evaluated.document.models.map { (evaluated, $0) } }
  }

  private func cell(_ model: EvaluationDocument.Model, _ epsilon: Epsilon) -> ReportTable.Cell {
    guard let gap = Self.gap(model, at: epsilon) else { return .empty }
    return ReportTable.Cell(words: Decimals.signed(100 * gap.value, 2), detail: gap.intervalWords)
  }

  private func values(_ epsilons: [Epsilon]) -> ReportTable.Values {
    let rows = models.flatMap { evaluated, model in
      epsilons.compactMap { epsilon -> [ReportTable.Field]? in
        guard let gap = Self.gap(model, at: epsilon) else { return nil }
        return study.names(evaluated, model) + epsilon.fields
          + [gap.value, gap.interval.lowerBound, gap.interval.upperBound].map(ReportTable.Field.rounded)
      }
    }
    return ReportTable.Values(
      columns: ["model", "stage", "weights", "epsilon_255", "epsilon_paper_scale", "gap", "low_95", "high_95"], rows: rows)
  }
}
