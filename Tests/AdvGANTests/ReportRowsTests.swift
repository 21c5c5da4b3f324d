import Testing

@testable import AdvGAN

/// Best and last weights that are one.
@Suite struct ReportRowsTests {
  /// The fine-tuning without generated images kept its last epoch.
  private var study: Study {
    var study = ReportFixtures.study
    study.histories[3].selection?.bestEpoch = 20
    study.evaluations[3].document.models[1].splits = study.evaluations[3].document.models[0].splits
    return study
  }

  private let one = "Fine-tuned, λ = 0, best\u{A0}=\u{A0}last (epoch\u{A0}20)"

  private func tables(_ study: Study) -> [ReportTable?] {
    let accuracy = AccuracyTables(study: study)
    return [accuracy.table(on: "test"), accuracy.table(on: "train"), GapTable(study: study).table, MetricsSection(study: study).tables.first]
  }

  @Test func bestAndLastOfOneEpochAreOneRow() {
    for table in tables(study) {
      #expect(table?.rows.map(\.name).filter { $0.hasPrefix("Fine-tuned, λ = 0,") } == [one])
      #expect(table?.rows.count == 8)
    }
  }

  @Test func theTidyValuesKeepBoth() {
    for table in tables(study) {
      #expect(table?.values.rows.count { $0[1] == .words("evaluate-finetune@lambda=0") && $0[2] == .words("last") } ?? 0 > 0)
    }
  }

  @Test func numbersThatDifferAreNeverHidden() {
    var study = study
    study.evaluations[3].document.models[1] = ReportFixtures.evaluations[3].document.models[1]
    for table in tables(study) { #expect(table?.rows.count == 9) }
  }

  @Test func withoutTheTrainingsRecordBothAreShown() {
    var study = study
    study.histories[3].selection = nil
    for table in tables(study) { #expect(table?.rows.count == 9) }
  }
}
