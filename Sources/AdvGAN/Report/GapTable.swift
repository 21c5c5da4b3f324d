/// How much better the models are on the pictures they were trained on (the gap of the paper's Figs. 1 and 8).
struct GapTable {
  let study: Study

  /// Accuracy on training pictures minus accuracy on test pictures ; nil where one of the two was not measured.
  static func gap(_ model: EvaluationDocument.Model, at strength: PerturbationSize) -> ProportionDifference? {
    guard let train = model.split("train"), let test = model.split("test"), let seen = train.point(strength),
      let unseen = test.point(strength)
    else { return nil }
    return ProportionDifference(
      Proportion(correct: seen.correct, total: train.pictures), minus: Proportion(correct: unseen.correct, total: test.pictures))
  }

  /// Nil when no model was tried on both splits.
  var table: ReportTable? {
    let strengths = study.strengths(on: "test").filter { strength in models.contains { Self.gap($0.model, at: strength) != nil } }
    if strengths.isEmpty { return nil }
    let rows = study.modelRows.filter { entry in strengths.contains { Self.gap(entry.model, at: $0) != nil } }.map { entry in
      ReportTable.Row(
        name: entry.name, colour: study.ink(of: entry.evaluated).colour, cells: strengths.map { cell(entry.model, $0) })
    }
    return ReportTable(
      name: "gap", caption: "Generalisation gap: accuracy on training pictures minus accuracy on test pictures, in percentage points.",
      notes: ["In small print: 95 % interval of the difference (Newcombe, two independent samples of pictures), in general not symmetric."],
      header: [.init(words: "Model")] + strengths.map(AccuracyTables.heading), rows: rows, values: values(strengths))
  }

  private var models: [(evaluated: Study.Evaluated, model: EvaluationDocument.Model)] {
    study.evaluations.flatMap { evaluated in evaluated.document.models.map { (evaluated, $0) } }
  }

  private func cell(_ model: EvaluationDocument.Model, _ strength: PerturbationSize) -> ReportTable.Cell {
    guard let gap = Self.gap(model, at: strength) else { return .empty }
    return ReportTable.Cell(words: Decimals.signed(100 * gap.value, 2), detail: gap.intervalWords)
  }

  private func values(_ strengths: [PerturbationSize]) -> ReportTable.Values {
    let rows = models.flatMap { evaluated, model in
      strengths.compactMap { strength -> [ReportTable.Field]? in
        guard let gap = Self.gap(model, at: strength) else { return nil }
        return study.names(evaluated, model) + strength.fields
          + [gap.value, gap.interval.lowerBound, gap.interval.upperBound].map(ReportTable.Field.rounded)
      }
    }
    return ReportTable.Values(
      columns: ["model", "stage", "weights", "epsilon_255", "epsilon_paper_scale", "gap", "low_95", "high_95"], rows: rows)
  }
}
