import Testing

@testable import AdvGAN

/// What a reader must know before comparing two models: how long each was trained, how, and what was chosen afterwards.
@Suite struct ReportFairnessTests {
  let study = ReportFixtures.study

  /// A study whose trainings have settings of the optimiser.
  private var steered: Study {
    var study = study
    for index in 2..<5 {
      study.histories[index].stage.settings += [
        .init(name: "optimiser.kind", value: index == 2 ? "sgd" : "adam"), .init(name: "rate", value: "0.1"),
      ]
    }
    return study
  }

  private func tableOfModels(_ study: Study) -> [[String?]] {
    Summary(study: study).tables[0].rows.map { [$0.cells[4].words, $0.cells[4].detail] }
  }

  @Test func epochsOfTheCoTrainingCountToo() {
    #expect(Summary(study: study).tables[0].header[5].words == "epochs behind it")
    #expect(
      tableOfModels(study) == [
        ["–", nil], ["20", nil], ["12", nil], ["32", "12\u{A0}cotrain + 20\u{A0}finetune@lambda=0"],
        ["32", "12\u{A0}cotrain + 20\u{A0}finetune@lambda=0.5"],
      ])
    let csv = Summary(study: study).tables[0].csv.split(separator: "\n")
    #expect(csv.first?.hasSuffix(",restarts,counted,epochs") == true)
    #expect(csv.last?.hasSuffix(",1,every,32") == true)
  }

  @Test func epochsAreUnknownWhereATrainingIsMissing() {
    var study = study
    study.histories.removeFirst()
    #expect(tableOfModels(study).map(\.[0]) == ["–", "20", "–", "–", "–"])
  }

  @Test func trainingsThatNameEachOtherInARingHaveNoEpochs() {
    var study = study
    study.histories[0].stage.inputs.append(ReportFixtures.input("discriminator", "finetune@lambda=0", "e"))
    #expect(study.effort(of: study.evaluations[3]) == nil)
  }

  @Test func anEmptyHistoryLeavesTheSettingsToTellTheEpochs() {
    var study = study
    study.histories[0].history.epochs = []
    study.histories[2].history.epochs = []
    study.histories[2].selection = nil
    study.histories[2].stage.settings = [.init(name: "epochs", value: "15")]
    #expect(tableOfModels(study)[1...2].map(\.[0]) == ["15", "12"])
    study.histories[2].stage.settings = []
    #expect(tableOfModels(study)[1][0] == "–")
  }

  @Test func longerTrainingsThanTheBaselinesAreNamed() {
    #expect(
      Summary(study: study).length
        == "Not all models were trained for equally long. Epochs behind the baseline Adversarial training (Madry): 20; behind Fine-tuned, λ = 0 32 "
        + "(12\u{A0}cotrain + 20\u{A0}finetune@lambda=0), Fine-tuned, λ = 0.5 32 (12\u{A0}cotrain + 20\u{A0}finetune@lambda=0.5). Part of a difference to the "
        + "baseline may come from the longer training.")
  }

  @Test func equallyLongTrainingsNeedNoWord() {
    var study = study
    for index in 3..<5 { study.histories[index].history.epochs.removeLast(12) }
    #expect(Summary(study: study).length == nil)
    study.baseline = nil
    #expect(Summary(study: study).length == nil)
  }

  @Test func anotherOptimiserThanTheBaselinesIsNamed() {
    #expect(
      Summary(study: steered).recipe
        == "After their co-training, with settings of its own, fine-tuned models saw another optimiser or learning rate schedule than the baseline "
        + "Adversarial training (Madry) (Fine-tuned, λ = 0, Fine-tuned, λ = 0.5: optimiser.kind adam against sgd). A difference to the baseline "
        + "can come from that too.")
    #expect(Summary(study: steered).notes.contains { $0.hasPrefix("After their co-training") })
    #expect(Summary(study: study).recipe == nil)
  }

  @Test func theBestOfSeveralIsSaidToBeChosen() {
    let note = "A headline names the best of 5 models on the very test images that it quotes."
    #expect(Summary(study: study).notes.contains { $0.hasPrefix(note) })
    var one = study
    one.evaluations.removeLast(4)
    #expect(Summary(study: one).choice == nil)
  }

  /// Also where a setting differs that the report does not know.
  @Test func onlyTheSameAttackIsCompared() {
    var study = study
    #expect(AccuracyTables(study: study).table(on: "test")?.rows[5].cells.first?.extra == "(+4.90)")
    study.evaluations[3].document.attacks[0].settings.settings["momentum"] = 0.9
    #expect(AccuracyTables(study: study).table(on: "test")?.rows[5].cells.first?.extra == nil)
    study.evaluations[3].document.attacks[0].settings.settings["kind"] = "other"
    #expect(AccuracyTables(study: study).table(on: "test")?.rows[5].cells.first?.extra == nil)
    #expect(Summary(study: study).tables[0].rows[3].cells[1].words == "OTHER, L∞, 20 steps of 2/255")
    study.evaluations[3].document.attacks[0].settings.settings["step"] = "2.5 epsilon / steps"
    #expect(Summary(study: study).tables[0].rows[3].cells[1].words == "OTHER, L∞, 20 steps of 2.5 × epsilon / steps")
  }
}
