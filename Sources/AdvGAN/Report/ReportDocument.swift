import Jobs

/// `report.json`: every number of the report for programs.
///
/// An object with
/// - `document`: `advgan-job report`; `format`: 1, raised when a member changes its meaning or goes;
/// - `title`, and `baseline` (name of an evaluation stage) if there is one;
/// - `stages`: what was run: `name`, `kind`, `label`, `artifact` (SHA-256), `settings` (name to text), `inputs` (`role`, `stage`, `artifact`);
/// - `histories`: by stage, a list of epochs with the members of `metrics.jsonl`;
/// - `tables`: by name, `caption`, `notes`, `columns` and `rows` of the tidy values, the same as in `tables/NAME.csv`; null where there is no
///   value. Accuracies, intervals and gaps are fractions of 1 (rounded to six decimals), `epsilon_255` is the epsilon times 255 on the [0, 1]
///   pixel scale, `epsilon_paper_scale` the same on the [-1, 1] scale.
struct ReportDocument {
  static let document = "advgan-job report", format = 1

  let json: JSON

  init(_ study: Study, _ tables: ReportTables) {
    let labels = Dictionary(
      study.evaluations.map { ($0.stage.name, study.label(of: $0)) } + study.histories.map { ($0.stage.name, study.label(of: $0)) },
      uniquingKeysWith: { first, _ in first })
    var members: [String: JSON] = [
      "document": .string(Self.document), "format": .integer(Self.format), "title": .string(study.title),
      "stages": .array(study.stages.map { Self.json(of: $0, label: labels[$0.name] ?? $0.name) }),
      "histories": .object(
        Dictionary(
          study.histories.map { ($0.stage.name, .array($0.history.epochs.map(Self.json(of:)))) }, uniquingKeysWith: { first, _ in first })),
      "tables": .object(Dictionary(tables.all.map { ($0.name, Self.json(of: $0)) }, uniquingKeysWith: { first, _ in first })),
    ]
    if let baseline = study.baseline { members["baseline"] = .string(baseline) }
    json = .object(members)
  }

  private static func json(of stage: StageSummary, label: String) -> JSON {
    .object([
      "name": .string(stage.name), "kind": .string(stage.kind), "label": .string(label), "artifact": .string(stage.digest),
      "settings": .object(Dictionary(stage.settings.map { ($0.name, .string($0.value)) }, uniquingKeysWith: { first, _ in first })),
      "inputs": .array(
        stage.inputs.map { .object(["role": .string($0.role), "stage": .string($0.stage), "artifact": .string($0.digest)]) }),
    ])
  }

  private static func json(of epoch: TrainingHistory.Epoch) -> JSON {
    var members: [String: JSON] = ["epoch": .integer(epoch.epoch), "step": .integer(epoch.step)]
    if let best = epoch.best { members["best"] = .bool(best) }
    for (quantity, value) in epoch.values { members[quantity.rawValue] = .real(value) }
    return .object(members)
  }

  private static func json(of table: ReportTable) -> JSON {
    .object([
      "caption": .string(table.caption), "notes": .array(table.notes.map(JSON.string)),
      "columns": .array(table.values.columns.map(JSON.string)), "rows": .array(table.values.rows.map { .array($0.map(json(of:))) }),
    ])
  }

  private static func json(of field: ReportTable.Field) -> JSON {
    switch field {
    case .words(let words): .string(words)
    case .whole(let value): .integer(value)
    case .number(let value): .real(value)
    case .flag(let value): .bool(value)
    case .none: .null
    }
  }
}
