/// Local Lipschitz values of the evaluated models on both splits.
struct LipschitzTable {
  let study: Study

  /// Nil when no evaluation measured any.
  var table: ReportTable? {
    let models = study.evaluations.flatMap { evaluated in evaluated.document.models.map { (evaluated: evaluated, model: $0) } }
      .filter { entry in entry.model.splits.contains { $0.lipschitz != nil } }
    if models.isEmpty { return nil }
    let scales = Set(models.flatMap { $0.model.splits.compactMap(\.lipschitz?.pixelScale) }).sorted().joined(separator: " or ")
    return ReportTable(
      name: "lipschitz",
      caption: "Local Lipschitz value: mean L2 norm of the gradient of the loss by the clean image, pixel scale \(scales).",
      notes: [
        "A small value means that the loss is flat around the images. The paper's Fig. 1 (right) finds it small on training images and growing "
          + "on test images."
      ],
      header: [.init(words: "Model"), .init(words: "training images"), .init(words: "test images"), .init(words: "test / training")],
      rows: study.modelRows.filter { entry in entry.model.splits.contains { $0.lipschitz != nil } }.map(row), values: values(models))
  }

  private func row(_ entry: Study.ModelRow) -> ReportTable.Row {
    let train = entry.model.split("train")?.lipschitz?.meanL2
    let test = entry.model.split("test")?.lipschitz?.meanL2
    let ratio = train.flatMap { train in test.flatMap { train > 0 ? $0 / train : nil } }
    let cells = [train.map { Decimals.short($0) }, test.map { Decimals.short($0) }, ratio.map { Decimals.plain($0, 2) }]
    return ReportTable.Row(
      name: entry.name, colour: study.ink(of: entry.evaluated).colour,
      cells: cells.map { $0.map { .init(words: $0) } ?? .empty })
  }

  private func values(_ models: [(evaluated: Study.Evaluated, model: EvaluationDocument.Model)]) -> ReportTable.Values {
    let rows = models.flatMap { evaluated, model in
      model.splits.compactMap { split in
        split.lipschitz.map {
          study.names(evaluated, model) + [.words(split.split), .number($0.meanL2), .words($0.pixelScale)]
        }
      }
    }
    return ReportTable.Values(columns: ["model", "stage", "weights", "split", "mean_l2", "pixel_scale"], rows: rows)
  }
}
