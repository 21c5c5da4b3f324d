/// Accuracy under attack on test images, in a table and over epsilon.
struct RobustnessSection: ReportSection {
  static let anchor = "robustness", title = "Accuracy under attack"

  let study: Study

  var blocks: [ReportBlock] {
    guard let table = AccuracyTables(study: study).table(on: "test") else { return [] }
    let attacks = AttackTable(study: study).table(on: "test")
    return [.table(table)] + (attacks.map { [.table($0)] } ?? []) + [.figures([figure].compactMap(\.self))]
  }

  var absences: [String] {
    (study.epsilons(on: "test").isEmpty ? ["Accuracy under attack: no evaluation was made on test images."] : [])
      + (study.baselineEvaluation == nil ? ["Improvements over a baseline: the job file names no baseline for this report."] : [])
  }

  /// Accuracy of every model on the test images.
  private var figure: Plot? {
    let curves = AccuracyCurves(study: study)
    return curves.plot(
      "accuracy-test",
      "Accuracy of every model on test images against attack epsilon. Bars are 95 % intervals; points are moved aside a little where they would meet.",
      y: Plot.Axis(words: "accuracy on test images, %", lower: 0),
      study.evaluations.map { evaluated in curves.line(evaluated, study.label(of: evaluated), curves.accuracy(evaluated, "test")) })
  }
}

/// What withstands each attack alone, where evaluations ran several.
struct AttackTable {
  let study: Study

  /// Nil where every evaluation ran one attack.
  func table(on split: String) -> ReportTable? {
    let models = study.modelRows.compactMap { entry in entry.model.split(split).map { (entry, $0) } }
      .filter { $0.1.points.contains { $0.byAttack != nil } }
    if models.isEmpty { return nil }
    let epsilons = study.epsilons(on: split).filter { epsilon in models.contains { $0.1.point(epsilon)?.byAttack != nil } }
    let rows = models.flatMap { entry, split in
      entry.evaluated.document.attacks.map { attack in
        ReportTable.Row(
          name: "\(entry.name), \(attack.name)", detail: Summary.words(for: attack.settings), colour: study.ink(of: entry.evaluated).colour,
          cells: epsilons.map { Self.count(attack.name, split, $0).map(Self.cell) ?? .empty })
      }
    }
    let values = models.flatMap { entry, split in
      split.points.flatMap { point in
        (point.byAttack ?? []).map { count in
          let share = Proportion(correct: count.correct, total: split.images)
          let counts: [ReportTable.Field] = [.whole(share.total), .whole(share.correct), .whole(count.unmeasured), .rounded(share.fraction)]
          return study.names(entry.evaluated, entry.model) + [.words(split.split), .words(count.attack)] + point.radius.fields + counts
        }
      }
    }
    return ReportTable(
      name: "attacks-\(split)", caption: "Accuracy under each attack alone on \(AccuracyTables.words(for: split)), in percent.",
      notes: ["The table above counts an image only if it withstands every attack."],
      header: [.init(words: "Model and attack")] + epsilons.map(AccuracyTables.heading), rows: rows,
      values: .init(
        columns: [
          "model", "stage", "weights", "split", "attack", "epsilon_255", "epsilon_paper_scale", "images", "correct", "unmeasured", "accuracy",
        ], rows: values))
  }

  private static func count(_ attack: String, _ split: EvaluationDocument.Split, _ epsilon: Epsilon) -> Proportion? {
    let counts = split.point(epsilon)?.byAttack
    return counts?.first { $0.attack == attack }.map { Proportion(correct: $0.correct, total: split.images) }
  }

  private static func cell(_ share: Proportion) -> ReportTable.Cell {
    .init(words: Decimals.percent(share.fraction), detail: AccuracyTables.words(for: share.interval))
  }
}

/// Table 1 of the paper: accuracy under attack, and the improvement over a baseline.
struct AccuracyTables {
  let study: Study

  /// Accuracy of every model on `split` at every epsilon, or nil when no model was tried on it.
  func table(on split: String) -> ReportTable? {
    let epsilons = study.epsilons(on: split)
    if epsilons.isEmpty { return nil }
    var notes = [Self.intervalNote]
    if let baseline = study.baselineEvaluation {
      notes.append(
        "In brackets: difference to \(study.label(of: baseline)) in percentage points, best weights against best and last against last. A grey "
          + "difference is one that the choice of images explains: its 95 % interval (Newcombe, two independent samples) holds 0.")
      notes += incomparable(on: split, with: baseline)
    }
    let rows = study.modelRows.compactMap { entry in entry.model.split(split).map { row(entry, $0, epsilons) } }
    return ReportTable(
      name: "accuracy-\(split)",
      caption: "Accuracy under attack on \(Self.words(for: split)), in percent (the form of the paper's Table 1).",
      notes: notes, header: [.init(words: "Model")] + epsilons.map(Self.heading), rows: rows, values: values(on: split))
  }

  static let intervalNote =
    "In small print: 95 % interval (Wilson) from the number of images alone. It says nothing of the luck of one training run or of stronger attacks."

  static func heading(_ epsilon: Epsilon) -> ReportTable.Heading {
    ReportTable.Heading(words: epsilon.words, detail: "paper's scale: \(epsilon.paperWords)")
  }

  static func words(for split: String) -> String { Split(rawValue: split)?.words ?? "the images of '\(split)'" }

  private func row(_ entry: Study.ModelRow, _ split: EvaluationDocument.Split, _ epsilons: [Epsilon]) -> ReportTable.Row {
    let evaluated = entry.evaluated
    let cells = epsilons.map { epsilon -> ReportTable.Cell in
      guard let point = split.point(epsilon) else { return .empty }
      let share = Proportion(correct: point.correct, total: split.images)
      let difference = comparison(for: evaluated, entry.model, split.split, epsilon).map { ProportionDifference(share, minus: $0) }
      return ReportTable.Cell(
        words: Decimals.percent(share.fraction),
        detail: Self.words(for: share.interval) + (point.unmeasured > 0 ? ", \(Decimals.count(point.unmeasured)) not measured" : ""),
        extra: difference.map { "(\(Decimals.signed(100 * $0.value, 2)))" }, extraIsWeak: difference.map { !$0.isBeyondChance } ?? false)
    }
    return ReportTable.Row(
      name: entry.name, detail: evaluated.stage.name == study.baseline ? "baseline" : nil,
      colour: study.ink(of: evaluated).colour, cells: cells)
  }

  static func words(for interval: ClosedRange<Double>) -> String {
    "\(Decimals.plain(100 * interval.lowerBound, 1))\u{2013}\(Decimals.plain(100 * interval.upperBound, 1))"
  }

  /// What a model is compared with: the baseline's weights of the same kind, else its chosen ones; only under the same attack, on the same
  /// data set and classes, with as many images.
  func comparison(for evaluated: Study.Evaluated, _ model: EvaluationDocument.Model, _ split: String, _ epsilon: Epsilon) -> Proportion? {
    guard let baseline = study.baselineEvaluation, baseline.stage.name != evaluated.stage.name, isComparable(evaluated, baseline, split),
      let weights = baseline.document.models.first(where: { $0.weights == model.weights }) ?? baseline.chosen,
      let other = weights.split(split), let point = other.point(epsilon)
    else { return nil }
    return Proportion(correct: point.correct, total: other.images)
  }

  private func isComparable(_ one: Study.Evaluated, _ other: Study.Evaluated, _ split: String) -> Bool {
    let images = [one, other].map { $0.chosen?.split(split)?.images }
    return one.document.attacks == other.document.attacks && one.dataset?.digest == other.dataset?.digest
      && images[0] == images[1] && one.document.classes == other.document.classes
  }

  private func incomparable(on split: String, with baseline: Study.Evaluated) -> [String] {
    let others = study.evaluations.filter { $0.chosen?.split(split) != nil && !isComparable($0, baseline, split) }
    if others.isEmpty { return [] }
    let names = others.map(study.label(of:)).joined(separator: ", ")
    let classes = study.evaluations.contains { $0.document.classes != nil } ? ", classes" : ""
    return ["No difference is given for \(names): attack, data set\(classes) or number of images are not those of the baseline."]
  }
}

extension AccuracyTables {
  /// One observation a row.
  private func values(on split: String) -> ReportTable.Values {
    let columns = [
      "model", "stage", "weights", "split", "epsilon_255", "epsilon_paper_scale", "images", "correct", "unmeasured", "accuracy", "low_95",
      "high_95",
      "difference_to_baseline", "difference_low_95", "difference_high_95",
    ]
    var rows: [[ReportTable.Field]] = []
    for evaluated in study.evaluations {
      for model in evaluated.document.models {
        for point in model.split(split)?.points ?? [] {
          let share = Proportion(correct: point.correct, total: model.split(split)?.images ?? 0)
          let difference = comparison(for: evaluated, model, split, point.radius).map { ProportionDifference(share, minus: $0) }
          rows.append(
            study.names(evaluated, model) + [.words(split)] + point.radius.fields + [.whole(share.total), .whole(share.correct), .whole(point.unmeasured)]
              + [share.fraction, share.interval.lowerBound, share.interval.upperBound].map(ReportTable.Field.rounded)
              + [difference?.value, difference?.interval.lowerBound, difference?.interval.upperBound].map(ReportTable.Field.rounded))
        }
      }
    }
    return ReportTable.Values(columns: columns, rows: rows)
  }
}
