import Testing

@testable import AdvGAN

/// What the page knows nothing of is shown all the same: metrics under their own titles, and every attack of several.
@Suite struct ReportMetricsTests {
  @Test func anUnknownMetricOfAnEvaluationHasATableUnderItsTitle() throws {
    var study = ReportFixtures.study
    let entropy = Quantity("entropy", "entropy of the answers", unit: "bits")
    study.evaluations[1].document.models[0].splits[1].metrics.append(Measured(entropy, mean: 1.25, images: 1000))
    let tables = MetricsSection(study: study).tables
    #expect(tables.map(\.name) == ["lipschitz", "entropy"])
    let table = try #require(tables.last)
    #expect(table.caption == "Entropy of the answers: mean over the images, bits." && table.header.map(\.words) == ["Model", "test images"])
    #expect(table.rows.map { $0.cells.map(\.words) } == [["1.25"]])
    #expect(table.csv.hasSuffix(",best,test,1.25,bits,1000,0\n"))
  }

  @Test func aShareIsReadInPercent() throws {
    var study = ReportFixtures.study
    study.evaluations[0].document.models[0].splits[0].metrics = [Measured(Accuracy.clean, mean: 0.8, images: 1000)]
    study.evaluations[0].document.models[0].splits[1].metrics = [Measured(Accuracy.clean, mean: 0.625, images: 1000)]
    let table = try #require(MetricsSection(study: study).tables.first)
    #expect(table.caption == "Accuracy: mean over the images, in percent.")
    #expect(table.rows[0].cells.map(\.words) == ["80.00\u{A0}%", "62.50\u{A0}%"])
  }

  @Test func anUnknownMetricOfATrainingHasAFigureUnderItsTitle() throws {
    var study = ReportFixtures.study
    study.histories[2].history.quantities.append(Quantity("clean_test", "accuracy, test images", unit: .fraction))
    for epoch in study.histories[2].history.epochs.indices { study.histories[2].history.epochs[epoch].values["clean_test"] = 0.5 }
    let plots = MetricsSection(study: study).plots(of: study.histories[2].stage)
    #expect(plots.map(\.name) == ["lipschitz-madry", "clean-madry"])
    #expect(plots[1].y.words == "accuracy, %" && plots[1].lines.map(\.words) == ["test images"] && plots[1].lines[0].points[0].y == 50)
    #expect(plots[0].lines.map(\.words) == ["training images", "test images"])
  }

  @Test func termsOfLossesHaveAFigure() throws {
    var study = ReportFixtures.study
    for epoch in study.histories[0].history.epochs.indices { study.histories[0].history.epochs[epoch].values["loss_real_class"] = 2 }
    let plot = try #require(TrainingSection(study: study).plot("terms-cotrain"))
    #expect(plot.lines.map(\.words) == ["real class"] && plot.lines[0].points.count == 12)
    #expect(TrainingSection(study: ReportFixtures.study).plot("terms-cotrain") == nil)
  }

  @Test func eachOfSeveralAttacksHasARow() throws {
    var study = ReportFixtures.study
    #expect(RobustnessSection(study: study).tables.map(\.name) == ["accuracy-test"])
    study.evaluations[1].document.attacks.append(.init(name: "pgd-2", settings: ReportFixtures.attack))
    study.evaluations[1].document.models[0].splits[1].points[3].byAttack = [
      .init(attack: "pgd", correct: 150, accuracy: 0.15), .init(attack: "pgd-2", correct: 147, accuracy: 0.147),
    ]
    let tables = RobustnessSection(study: study).tables
    #expect(tables.map(\.name) == ["accuracy-test", "attacks-test"])
    #expect(tables[1].rows.map(\.name) == ["Adversarial training (Madry), best, pgd", "Adversarial training (Madry), best, pgd-2"])
    #expect(tables[1].rows.map { $0.cells.map(\.words) } == [["15.00\u{A0}%"], ["14.70\u{A0}%"]])
    #expect(tables[1].csv.hasSuffix(",best,test,pgd-2,8,0.062745,1000,147,0,0.147\n"))
    #expect(Summary(study: study).tables[0].rows[1].cells[1].detail == "an image must withstand all")
    #expect(Summary(study: study).tables[0].values.rows.count == 6)
  }
}
