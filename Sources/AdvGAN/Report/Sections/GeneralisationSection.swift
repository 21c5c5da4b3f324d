/// Accuracy on training images beside that on test images (the paper's Figs. 1 and 8).
struct GeneralisationSection: ReportSection {
  static let anchor = "generalisation", title = "Training against test images"

  let study: Study

  var blocks: [ReportBlock] {
    guard let train = AccuracyTables(study: study).table(on: "train") else { return [] }
    return [train, GapTable(study: study).table].compactMap(\.self).map(ReportBlock.table) + [.figures([gap].compactMap(\.self) + models)]
  }

  var absences: [String] {
    study.epsilons(on: "train").isEmpty
      ? ["The gap between training and test images (the paper's Figs. 1 and 8): no evaluation was made on training images."] : []
  }

  private var curves: AccuracyCurves { AccuracyCurves(study: study) }

  /// The gap of every model (Fig. 8).
  private var gap: Plot? {
    curves.plot(
      "accuracy-gap",
      "Generalisation gap against attack epsilon: accuracy on training images minus accuracy on test images (the form of the paper's Fig. 8).",
      y: Plot.Axis(words: "gap, percentage points"),
      study.evaluations.map { evaluated in curves.line(evaluated, study.label(of: evaluated), curves.gap(evaluated)) })
  }

  /// Training and test images and the gap between them, a figure a model (Fig. 1, left).
  private var models: [Plot] {
    study.evaluations.compactMap { evaluated in
      let train = curves.accuracy(evaluated, "train")
      if train.isEmpty { return nil }
      let label = study.label(of: evaluated)
      let ink = study.ink(of: evaluated)
      return curves.plot(
        "accuracy-\(Study.fileName(evaluated.stage.name))", title: label,
        "\(label): accuracy on training and test images and the gap between them.", y: modelAxis,
        [
          Plot.Line(words: "training images", ink: ink, dash: .dashed, points: train),
          Plot.Line(words: "test images", ink: ink, points: curves.accuracy(evaluated, "test")),
          Plot.Line(words: "gap", ink: Ink(colour: "#666666", mark: 2), dash: .dotted, points: curves.gap(evaluated)),
        ])
    }
  }

  /// One range for all models, so that their figures can be compared: round tens around every bar.
  private var modelAxis: Plot.Axis {
    let bars = study.evaluations.flatMap { curves.accuracy($0, "train") + curves.accuracy($0, "test") + curves.gap($0) }.compactMap(\.interval)
    let lowest = bars.map(\.lowerBound).min() ?? 0
    let highest = bars.map(\.upperBound).max() ?? 100
    return Plot.Axis(
      words: "accuracy, %; gap, points", lower: min(0, (lowest / 10).rounded(.down) * 10), upper: (highest / 10).rounded(.up) * 10)
  }
}

/// How much better the models are on the images they were trained on (the gap of the paper's Figs. 1 and 8).
struct GapTable {
  let study: Study

  /// Accuracy on training images minus accuracy on test images; nil where one of the two was not measured.
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
      ReportTable.Row(name: entry.name, colour: study.ink(of: entry.evaluated).colour, cells: epsilons.map { cell(entry.model, $0) })
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
