import Jobs

/// `report.json`: every number of the report for programs.
///
/// In tables, accuracies, intervals and gaps are fractions of 1 (rounded to six decimals), `epsilon_255` is the epsilon times 255 on the
/// [0, 1] pixel scale, `epsilon_paper_scale` the same on the [-1, 1] scale.
struct ReportDocument: Encodable {
  static let member = "report.json"

  var document = "advgan-job report"
  var format = 1
  var title: String
  /// Name of an evaluation stage.
  var baseline: String?
  /// What was run.
  var stages: [Stage]
  /// By stage: the lines of `metrics.jsonl`.
  var histories: [String: [TrainingHistory.Epoch]]
  /// By name: the tidy values, the same as in `tables/NAME.csv`; null where there is no value.
  var tables: [String: Table]

  struct Stage: Encodable {
    var name: String, kind: String, label: String
    /// SHA-256.
    var artifact: String
    var settings: [String: String]
    var inputs: [Input]
  }

  struct Input: Encodable {
    var role: String, stage: String, artifact: String
  }

  struct Table: Encodable {
    var caption: String, notes: [String], columns: [String], rows: [[ReportTable.Field]]
  }

  init(_ contents: ReportContents) {
    let study = contents.study
    title = study.title
    baseline = study.baseline
    let labels = Dictionary(
      study.evaluations.map { ($0.stage.name, study.label(of: $0)) } + study.histories.map { ($0.stage.name, study.label(of: $0)) },
      uniquingKeysWith: { first, _ in first })
    stages = study.stages.map { stage in
      Stage(
        name: stage.name, kind: stage.kind, label: labels[stage.name] ?? stage.name, artifact: stage.digest,
        settings: Dictionary(stage.settings.map { ($0.name, $0.value) }, uniquingKeysWith: { first, _ in first }),
        inputs: stage.inputs.map { Input(role: $0.role, stage: $0.stage, artifact: $0.digest) })
    }
    histories = Dictionary(study.histories.map { ($0.stage.name, $0.history.epochs) }, uniquingKeysWith: { first, _ in first })
    tables = Dictionary(
      contents.tables.map { ($0.name, Table(caption: $0.caption, notes: $0.notes, columns: $0.values.columns, rows: $0.values.rows)) },
      uniquingKeysWith: { first, _ in first })
  }

  var encoded: [UInt8] { Array(JSON(encoding: self).pretty.utf8) }
}

extension ReportTable.Field: Encodable {
  func encode(to encoder: any Encoder) throws {
    var container = encoder.singleValueContainer()
    switch self {
    case .words(let words): try container.encode(words)
    case .whole(let value): try container.encode(value)
    case .number(let value): try container.encode(value)
    case .flag(let value): try container.encode(value)
    case .none: try container.encodeNil()
    }
  }
}
