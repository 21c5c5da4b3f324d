/// The settings of the stages that were run, as their artifacts record them.
struct SettingsSection: ReportSection {
  static let anchor = "settings", title = "Settings"

  let study: Study

  var blocks: [ReportBlock] { tables.map(ReportBlock.table) }

  /// One table for each kind of stage, one column a stage; rows that differ between the stages stand out.
  private var tables: [ReportTable] {
    let stages = study.stages
    let kinds = stages.map(\.kind).reduce(into: [String]()) { if !$0.contains($1) { $0.append($1) } }
    return kinds.map { kind in table(kind, stages.filter { $0.kind == kind }) }
  }

  private func table(_ kind: String, _ stages: [StageSummary]) -> ReportTable {
    let names = Set(stages.flatMap { $0.settings.map(\.name) }).sorted()
    let settings = names.map { name in
      let found = stages.map { $0.setting(name) }
      return ReportTable.Row(name: name, cells: found.map { $0.map { .init(words: $0) } ?? .empty }, stands: Set(found).count > 1)
    }
    let made = ReportTable.Row(name: "made from", cells: stages.map { $0.inputs.isEmpty ? .empty : .init(words: madeFrom($0)) })
    let digest = ReportTable.Row(name: "artifact", cells: stages.map { .init(words: String($0.digest.prefix(12))) })
    let notes = stages.count > 1 ? ["Rows in bold differ between the stages."] : []
    return ReportTable(
      name: "settings-\(Study.fileName(kind))",
      caption: "Settings of the stages of kind '\(kind)'; artifacts by the first digits of their SHA-256.", notes: notes,
      header: [.init(words: "Setting")] + stages.map { .init(words: $0.name, detail: study.labels[$0.name]) },
      rows: settings + [made, digest], values: values(stages))
  }

  /// Each input once, also when it serves in two roles.
  private func madeFrom(_ stage: StageSummary) -> String {
    let inputs = stage.inputs.map { "\($0.stage) \($0.digest.prefix(12))" }
    return inputs.enumerated().filter { inputs.firstIndex(of: $1) == $0 }.map(\.element).joined(separator: ", ")
  }

  private func values(_ stages: [StageSummary]) -> ReportTable.Values {
    let rows = stages.flatMap { stage in
      stage.settings.map { [stage.name, stage.kind, $0.name, $0.value] }
        + stage.inputs.map { [stage.name, stage.kind, "input.\($0.role).\($0.stage)", $0.digest] }
        + [[stage.name, stage.kind, "artifact", stage.digest]]
    }
    return ReportTable.Values(columns: ["stage", "kind", "setting", "value"], rows: rows.map { $0.map(ReportTable.Field.words) })
  }
}
