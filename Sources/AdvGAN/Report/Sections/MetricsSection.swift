/// Metrics of the classifiers beside accuracy: of the evaluated models in tables, over the epochs of trainings in figures. A metric that
/// this page knows nothing of stands under its own title.
struct MetricsSection: ReportSection {
  static let anchor = "metrics", title = "Metrics of the classifiers"

  let study: Study

  var blocks: [ReportBlock] {
    let (tables, plots) = (tables, study.histories.flatMap(plots))
    return tables.map(ReportBlock.table) + (plots.isEmpty ? [] : [.figures(plots)])
  }

  var absences: [String] {
    let key = LocalLipschitz.quantity.key
    let isEvaluated = study.evaluations.flatMap(\.document.models).flatMap(\.splits).contains { $0.mean(of: key) != nil }
    let isWatched = study.histories.contains { $0.history.quantities.contains { $0.key.hasPrefix(key) } }
    switch (isEvaluated, isWatched) {
    case (false, false): return ["Local Lipschitz values: nothing measured them."]
    case (true, false) where !study.histories.isEmpty:
      return ["Local Lipschitz values over time (the paper's Fig. 1, right): no training measured them."]
    default: return []
    }
  }

  /// What a reader should know of a metric.
  private static let notes = [
    LocalLipschitz.quantity.key: "The mean L2 norm of the gradient of the loss by the clean image. A small value means that the loss is flat "
      + "around the images. The paper's Fig. 1 (right) finds it small on training images and growing on test images."
  ]
}

/// Evaluated models.
extension MetricsSection {
  /// One for each metric that was measured, in the order in which evaluations name them.
  private var tables: [ReportTable] {
    let measured = study.evaluations.flatMap(\.document.models).flatMap(\.splits).flatMap(\.metrics).filter { $0.mean != nil }
    let keys = measured.reduce(into: [Measured]()) { found, next in if !found.contains(where: { $0.key == next.key }) { found.append(next) } }
    return keys.map(table)
  }

  private func table(_ metric: Measured) -> ReportTable {
    let models = study.modelRows.filter { entry in entry.model.splits.contains { $0.mean(of: metric.key) != nil } }
    let splits = Split.allCases.map(\.rawValue).filter { split in models.contains { $0.model.split(split)?.mean(of: metric.key) != nil } }
    let isCompared = splits.contains("train") && splits.contains("test") && metric.unit != .fraction
    let unit = metric.unit.map { $0 == .fraction ? ", in percent" : ", \($0)" } ?? ""
    return ReportTable(
      name: metric.key, caption: "\(metric.title.prefix(1).uppercased())\(metric.title.dropFirst()): mean over the images\(unit).",
      notes: [Self.notes[metric.key]].compactMap(\.self),
      header: [.init(words: "Model")] + splits.map { .init(words: AccuracyTables.words(for: $0)) }
        + (isCompared ? [.init(words: "test / training")] : []),
      rows: models.map { row($0, metric, splits, isCompared: isCompared) }, values: values(metric))
  }

  private func row(_ entry: Study.ModelRow, _ metric: Measured, _ splits: [String], isCompared: Bool) -> ReportTable.Row {
    func mean(_ split: String) -> Double? { entry.model.split(split)?.mean(of: metric.key) }
    var cells = splits.map { split in
      mean(split).map { metric.unit == .fraction ? Decimals.percent($0) : Decimals.short($0) }
    }
    if isCompared { cells.append(mean("train").flatMap { train in mean("test").flatMap { train > 0 ? Decimals.plain($0 / train, 2) : nil } }) }
    return ReportTable.Row(
      name: entry.name, colour: study.ink(of: entry.evaluated).colour, cells: cells.map { $0.map { .init(words: $0) } ?? .empty })
  }

  private func values(_ metric: Measured) -> ReportTable.Values {
    let rows = study.evaluations.flatMap { evaluated in
      evaluated.document.models.flatMap { model in
        model.splits.compactMap { split in
          split.metrics.first { $0.key == metric.key }.map { found in
            study.names(evaluated, model)
              + [.words(split.split), found.mean.map(ReportTable.Field.number) ?? .none, found.unit.map(ReportTable.Field.words) ?? .none]
              + [.whole(found.images), .whole(found.unmeasured)]
          }
        }
      }
    }
    return ReportTable.Values(columns: ["model", "stage", "weights", "split", "mean", "unit", "images", "unmeasured"], rows: rows)
  }
}

/// Trainings.
extension MetricsSection {
  /// A figure for each metric that a training watched, a line a split (the paper's Fig. 1, right).
  private func plots(of trained: Study.Trained) -> [Plot] {
    let known = TrainingSection.keys
    let watched = trained.history.quantities.filter { !known.contains($0.key) }
    let names = watched.map(Self.name).reduce(into: [String]()) { if !$0.contains($1) { $0.append($1) } }
    return names.compactMap { name in plot(name, watched.filter { Self.name($0) == name }, trained) }
  }

  private func plot(_ name: String, _ quantities: [Quantity], _ trained: Study.Trained) -> Plot? {
    let factor = quantities.contains { $0.unit == .fraction } ? 100.0 : 1
    let curves = HistoryCurves(study: study)
    let colour = study.ink(of: trained).colour
    let dashes: [Plot.Dash] = quantities.count == 1 ? [.solid] : [.dashed, .solid, .dotted]
    return curves.plot(
      trained, Self.fileName(quantities[0]), "\(name) over time" + (Self.notes.keys.contains(Self.fileName(quantities[0])) ? Self.figure : ""),
      y: Plot.Axis(words: name + (factor == 100 ? ", %" : ""), lower: 0),
      quantities.enumerated().map { place, quantity in
        .init(quantity.key, String(quantity.title.dropFirst(name.count)).trimming, colour, dashes[place % dashes.count])
      }, factor: factor)
  }

  private static let figure = " (the form of the paper's Fig. 1, right)"

  /// `local Lipschitz value` of `local Lipschitz value, test images`.
  private static func name(_ quantity: Quantity) -> String {
    quantity.title.lastIndex(of: ",").map { String(quantity.title[..<$0]) } ?? quantity.title
  }

  /// `lipschitz` of `lipschitz_test`.
  private static func fileName(_ quantity: Quantity) -> String {
    let split = Split.allCases.first { quantity.key.hasSuffix("_\($0.rawValue)") }
    return split.map { String(quantity.key.dropLast($0.rawValue.count + 1)) } ?? quantity.key
  }
}

extension String {
  /// Without commas and spaces at its beginning.
  fileprivate var trimming: String { String(drop { $0 == "," || $0 == " " }) }
}
