import Testing

@testable import AdvGAN

/// The words and numbers of the tables, cell by cell.
@Suite struct ReportTablesTests {
  let study = ReportFixtures.study

  private func words(_ row: ReportTable.Row?) -> [String] {
    (row?.cells ?? []).map { [$0.words, $0.extra, $0.detail].compactMap(\.self).joined(separator: " ") }
  }

  private func row(_ name: String, in table: ReportTable?) -> ReportTable.Row? { table?.rows.first { $0.name == name } }

  @Test func tableOneIsThatOfThePaper() {
    let table = AccuracyTables(study: study).table(on: "test")
    #expect(table?.header.map(\.words) == ["Model", "clean", "2/255", "4/255", "8/255"])
    #expect(table?.header.last?.detail == "paper's scale: 0.0627")
    #expect(
      table?.rows.map(\.name) == [
        "Undefended, best", "Undefended, last", "Adversarial training (Madry), best", "Adversarial training (Madry), last",
        "Co-trained, split loss", "Fine-tuned, λ = 0, best", "Fine-tuned, λ = 0, last", "Fine-tuned, λ = 0.5, best",
        "Fine-tuned, λ = 0.5, last",
      ])
    #expect(
      words(row("Fine-tuned, λ = 0, best", in: table)) == [
        "43.40\u{A0}% (+4.90) 40.4–46.5", "37.20\u{A0}% (+6.20) 34.3–40.2", "30.30\u{A0}% (+5.70) 27.5–33.2",
        "19.80\u{A0}% (+5.20) 17.4–22.4",
      ])
  }

  @Test func lastWeightsAreComparedWithLastWeights() {
    let table = AccuracyTables(study: study).table(on: "test")
    #expect(words(row("Fine-tuned, λ = 0, last", in: table)).first == "43.60\u{A0}% (+4.50) 40.6–46.7")
  }

  @Test func theBaselineHasNoDifferenceToItself() {
    let baseline = row("Adversarial training (Madry), best", in: AccuracyTables(study: study).table(on: "test"))
    #expect(words(baseline).first == "38.50\u{A0}% 35.5–41.6")
    #expect(baseline?.detail == "baseline")
  }

  @Test func aDifferenceWithinItsUncertaintyIsMarked() {
    let table = AccuracyTables(study: study).table(on: "test")
    #expect(row("Fine-tuned, λ = 0.5, best", in: table)?.cells.map(\.extraIsWeak) == [true, true, false, false])
  }

  @Test func noDifferenceIsGivenAcrossDifferentImages() {
    var other = study
    other.evaluations[3].document.models[0].splits[1] = ReportFixtures.split("test", 500, [(0, 217), (8, 99)])
    let table = AccuracyTables(study: other).table(on: "test")
    #expect(words(row("Fine-tuned, λ = 0, best", in: table)) == ["43.40\u{A0}% 39.1–47.8", "–", "–", "19.80\u{A0}% 16.5–23.5"])
    #expect(
      table?.notes.last
        == "No difference is given for Fine-tuned, λ = 0: attack, data set or number of images are not those of the baseline.")
  }

  @Test func noDifferenceIsGivenAcrossDifferentAttacks() {
    var other = study
    other.evaluations[3].document.attacks[0].settings.settings["steps"] = 40
    #expect(words(row("Fine-tuned, λ = 0, best", in: AccuracyTables(study: other).table(on: "test"))).first == "43.40\u{A0}% 40.4–46.5")
  }

  @Test func trainingImagesHaveTheirOwnTable() {
    let table = AccuracyTables(study: study).table(on: "train")
    #expect(table?.caption == "Accuracy under attack on training images, in percent (the form of the paper's Table 1).")
    #expect(words(row("Undefended, last", in: table)).last == "0.10\u{A0}% (-19.50) 0.0–0.6")
  }

  @Test func theGapIsTrainingMinusTest() {
    let table = GapTable(study: study).table
    #expect(
      words(row("Adversarial training (Madry), last", in: table)) == [
        "+5.90 +1.6 to +10.2", "+5.90 +1.8 to +10.0", "+7.00 +3.1 to +10.8", "+5.60 +2.3 to +8.9",
      ])
  }

  @Test func withoutTrainingImagesThereIsNoGap() {
    var other = study
    for index in other.evaluations.indices {
      for model in other.evaluations[index].document.models.indices { other.evaluations[index].document.models[model].splits.removeFirst() }
    }
    #expect(GapTable(study: other).table == nil)
    #expect(AccuracyTables(study: other).table(on: "train") == nil)
  }

  @Test func lipschitzValuesStandForBothSplits() {
    let table = MetricsSection(study: study).tables.first
    #expect(words(row("Undefended, best", in: table)) == ["4.3", "6.12", "1.42"])
    #expect(table?.caption.contains("pixel scale [-1, 1]") == true)
  }

  @Test func selectionShowsBestAgainstLast() {
    let table = SelectionTable(study: study).table
    #expect(
      words(row("Fine-tuned, λ = 0", in: table)) == [
        "14", "20", "31.00\u{A0}% PGD at 8/255, 500 images", "30.10\u{A0}% PGD at 8/255, 500 images", "19.80\u{A0}% 17.4–22.4",
        "19.00\u{A0}% 16.7–21.5",
      ])
    #expect(table?.header.last?.detail == "at 8/255")
  }

  @Test func selectionSaysThatValidationCountsOtherwiseThanTheEvaluation() {
    #expect(
      SelectionTable(study: study).table?.notes.last
        == "Validation counts the last iterate of one run of its attack, the test columns count what their evaluations record: every iterate "
        + "of one run. Compare within a column, not validation with test.")
    var clean = study
    for index in clean.histories.indices { clean.histories[index].selection?.validationAttack = nil }
    #expect(SelectionTable(study: clean).table?.notes.count == 1)
  }

  @Test func classesAreCountedCleanAndAtTheUsualSize() {
    let tables = ClassSection(study: study).tables
    #expect(tables.map(\.name) == ["classes-clean", "classes-attacked"])
    #expect(
      words(row("airplane", in: tables.last)) == [
        "0.00\u{A0}% 0 of 100", "15.00\u{A0}% 15 of 100", "2.00\u{A0}% 2 of 100", "20.00\u{A0}% 20 of 100", "19.00\u{A0}% 19 of 100",
      ])
  }

  @Test func withoutTheUsualSizeTheNearestIsTaken() {
    var study = study
    study.evaluations = [study.evaluations[2]]
    study.evaluations[0].document.models[0].splits = [ReportFixtures.split("test", 100, [(0, 40), (2.55, 30), (7.65, 20), (12, 10)])]
    #expect(study.referenceEpsilon?.words == "7.65/255")
  }

  @Test func settingsThatDifferStandOut() {
    let table = SettingsSection(study: study).tables.first { $0.name == "settings-finetune" }
    #expect(table?.header.map(\.words) == ["Setting", "madry", "finetune@lambda=0", "finetune@lambda=0.5"])
    #expect(row("lambda", in: table)?.cells.map(\.words) == ["0", "0", "0.5"])
    #expect(table?.rows.filter(\.stands).map(\.name) == ["lambda"])
    #expect(row("made from", in: table)?.cells[1].words == "dataset dddddddddddd, cotrain cccccccccccc")
    var source = study
    source.sources = [StageSummary(name: "dataset", kind: "extract", digest: ReportFixtures.digest("d"), settings: [], inputs: [])]
    #expect(row("made from", in: SettingsSection(study: source).tables.first)?.cells == [.empty])
  }

  @Test func tidyValuesHoldFractionsAndBothScales() {
    let csv = AccuracyTables(study: study).table(on: "test")?.csv.split(separator: "\n").map(String.init) ?? []
    #expect(
      csv.first
        == "model,stage,weights,split,epsilon_255,epsilon_paper_scale,images,correct,unmeasured,accuracy,low_95,high_95,difference_to_baseline,"
        + "difference_low_95,difference_high_95")
    #expect(
      csv.contains(
        "\"Fine-tuned, λ = 0\",evaluate-finetune@lambda=0,best,test,8,0.062745,1000,198,0,0.198,0.174478,0.223834,0.052,0.018933,0.084998"))
    #expect(csv.contains("Adversarial training (Madry),evaluate-madry,best,test,0,0,1000,385,0,0.385,0.355336,0.415544,,,"))
    #expect(csv.count == 1 + 9 * 4)
  }

  @Test func csvQuotesWhatNeedsIt() {
    let values = ReportTable.Values(columns: ["a", "b,c"], rows: [[.words("say \"x\""), .none], [.words("two\nlines"), .whole(3)]])
    let table = ReportTable(name: "t", caption: "", header: [], rows: [], values: values)
    #expect(table.csv == "a,\"b,c\"\n\"say \"\"x\"\"\",\n\"two\nlines\",3\n")
  }
}
