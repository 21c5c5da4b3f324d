/// How much better the models are on the pictures they were trained on (the gap of the paper's Figs. 1 and 8).
struct GapTable {
  let study: Study

  /// Accuracy on training pictures minus accuracy on test pictures as a fraction, and half the width of its 95 % interval; nil where one of
  /// the two was not measured.
  static func gap(_ model: EvaluationDocument.Model, at strength: PerturbationSize) -> (gap: Double, uncertainty: Double)? {
    guard let train = model.split("train"), let test = model.split("test"), let seen = train.point(strength),
      let unseen = test.point(strength)
    else { return nil }
    let left = Proportion(correct: seen.correct, total: train.pictures)
    let right = Proportion(correct: unseen.correct, total: test.pictures)
    return (left.fraction - right.fraction, left.uncertaintyOfDifference(to: right))
  }

  /// Nil when no model was tried on both splits.
  var table: ReportTable? {
    let strengths = study.strengths(on: "test").filter { strength in models.contains { Self.gap($0.model, at: strength) != nil } }
    if strengths.isEmpty { return nil }
    let rows = models.filter { entry in strengths.contains { Self.gap(entry.model, at: $0) != nil } }.map { evaluated, model in
      ReportTable.Row(
        name: study.rowName(evaluated, model), colour: study.ink(of: evaluated).colour, cells: strengths.map { cell(model, $0) })
    }
    return ReportTable(
      name: "gap", caption: "Generalisation gap: accuracy on training pictures minus accuracy on test pictures, in percentage points.",
      notes: ["In small print: half the width of the 95 % interval of the difference."],
      header: [.init(words: "Model")] + strengths.map(AccuracyTables.heading), rows: rows, values: values(strengths))
  }

  private var models: [(evaluated: Study.Evaluated, model: EvaluationDocument.Model)] {
    study.evaluations.flatMap { evaluated in evaluated.document.models.map { (evaluated, $0) } }
  }

  private func cell(_ model: EvaluationDocument.Model, _ strength: PerturbationSize) -> ReportTable.Cell {
    guard let (gap, uncertainty) = Self.gap(model, at: strength) else { return .empty }
    return ReportTable.Cell(words: Decimals.signed(100 * gap, 2), detail: "\u{00B1}\u{00A0}\(Decimals.plain(100 * uncertainty, 1))")
  }

  private func values(_ strengths: [PerturbationSize]) -> ReportTable.Values {
    let rows = models.flatMap { evaluated, model in
      strengths.compactMap { strength -> [ReportTable.Field]? in
        guard let (gap, uncertainty) = Self.gap(model, at: strength) else { return nil }
        return study.names(evaluated, model) + strength.fields + [.rounded(gap), .rounded(uncertainty)]
      }
    }
    return ReportTable.Values(
      columns: ["model", "stage", "weights", "epsilon_255", "epsilon_paper_scale", "gap", "uncertainty_95"], rows: rows)
  }
}
