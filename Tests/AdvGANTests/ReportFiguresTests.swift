import Foundation
import FoundationXML
import Jobs
import Testing

@testable import AdvGAN

@Suite struct ReportFiguresTests {
  let study = ReportFixtures.study

  @Test func accuracyIsDrawnInPercentOver255ths() {
    let plot = RobustnessSection(study: study).plots.first
    let line = plot?.lines.first { $0.words == "Fine-tuned, λ = 0" }
    #expect(plot?.lines.count == 5)
    #expect(line?.points.map(\.x) == [0, 2, 4, 8])
    #expect(line?.points.map { ($0.y * 1e6).rounded() / 1e6 } == [43.4, 37.2, 30.3, 19.8])
    #expect(line?.points.allSatisfy { $0.interval?.contains($0.y) == true } == true)
  }

  @Test func theGapOfEachModelIsDrawn() {
    let madry = GeneralisationSection(study: study).plot("accuracy-gap")?.lines.first { $0.words == "Adversarial training (Madry)" }
    #expect(madry?.points.map { ($0.y * 1e6).rounded() / 1e6 } == [2.8, 2, 1.6, 2.4])
  }

  @Test func trainingAndTestAreToldApartByDashes() {
    let plot = GeneralisationSection(study: study).plots.dropFirst().first
    #expect(plot?.lines.map(\.words) == ["training images", "test images", "gap"])
    #expect(plot?.lines.map(\.dash) == [.dashed, .solid, .dotted])
  }

  @Test func modelsShareOneRange() {
    let axes = GeneralisationSection(study: study).plots.dropFirst().map(\.y)
    #expect(axes.count == 5)
    #expect(axes.allSatisfy { $0.lower == -10 && $0.upper == 90 })
  }

  @Test func fineTuningStandsBesideTheCoTrainingItBeganFrom() {
    let plots = FineTuningSection(study: study).plots
    #expect(plots.map(\.name) == ["fine-tuning-evaluate-cotrain"])
    #expect(
      plots.first?.lines.map(\.words) == ["Co-trained, split loss: as it left co-training", "Fine-tuned, λ = 0", "Fine-tuned, λ = 0.5"])
  }

  @Test func aFineTuningFromAnotherArtifactStandsAlone() {
    var other = study
    other.histories[3].stage.inputs[1].digest = ReportFixtures.digest("9")
    #expect(FineTuningSection(study: other).plots.first?.lines.map(\.words).last == "Fine-tuned, λ = 0.5")
    #expect(FineTuningSection(study: other).plots.first?.lines.count == 2)
  }

  @Test func aModelHasOneColourEverywhere() {
    let finetuned = study.evaluations[3]
    let ink = study.ink(of: finetuned)
    #expect(study.ink(of: study.histories[3]) == ink)
    #expect(RobustnessSection(study: study).plots.first?.lines[3].ink == ink)
    #expect(MetricsSection(study: study).plots(of: study.histories[3].stage).first?.lines.first?.ink.colour == ink.colour)
    #expect(AccuracyTables(study: study).table(on: "test")?.rows.filter { $0.colour == ink.colour }.count == 2)
  }

  @Test func modelsHaveDifferentInks() {
    let inks = study.evaluations.map(study.ink(of:)) + [study.ink(of: study.histories[1])]
    #expect(Set(inks.map { "\($0.colour) \($0.mark)" }).count == inks.count)
  }

  @Test func coTrainingShowsHowOftenItIsFooled() {
    let plots = TrainingSection(study: study).plots(of: study.histories[0].stage)
    #expect(plots.map(\.name) == ["losses-cotrain", "accuracies-cotrain"])
    let fooled = plots.last?.lines.first { $0.words == "generated images called real" }
    #expect(fooled?.points.first?.y == 39)
    #expect(plots.first?.lines.count == 4)
  }

  @Test func absentQuantitiesHaveNoLine() {
    let plots = TrainingSection(study: study).plots(of: study.histories[2].stage)
    #expect(plots.first?.lines.map(\.words) == ["on attacked training images"])
  }

  @Test func anUndefendedTrainingIsNotCalledAttacked() {
    var study = study
    study.histories[2].stage.settings += [.init(name: "attack.kind", value: "none"), .init(name: "validation_attack.kind", value: "none")]
    for place in study.histories[2].history.epochs.indices { study.histories[2].history.epochs[place].values["validation_robust"] = nil }
    let plots = TrainingSection(study: study).plots(of: study.histories[2].stage)
    #expect(plots.first?.lines.map(\.words) == ["on training images"])
    #expect(plots.last?.lines.map(\.words) == ["class right, training images", "class right, clean validation images"])
    #expect(
      TrainingSection(study: study).plot("validation")?.lines.map(\.words).prefix(2) == [
        "Adversarial training (Madry), clean", "Fine-tuned, λ = 0, attacked",
      ])
    study.histories[2].selection?.validationAttack = nil
    #expect(SelectionTable(study: study).table?.rows.first?.cells[2].detail == "clean, 500 images")
  }

  @Test func everyClassifierIsInTheFigureOfValidation() {
    let plot = TrainingSection(study: study).plot("validation")
    #expect(plot?.lines.count == 6)
    #expect(plot?.lines.first?.words == "Adversarial training (Madry), attacked")
  }

  @Test func wordsCannotLeaveTheirQuotes() {
    #expect(Plot.quoted("it's `date`\nset output \"x\"") == "'it''s `date` set output \"x\"'")
  }

  @Test func longLegendsAreCutToTheFigure() {
    let words = String(repeating: "wide ", count: 20)
    #expect(Plot.shortened(words) == "wide wide wide wide wide wide wide wide wide wide wide wi\u{2026}")
    #expect(Plot.shortened("short") == "short")
  }

  @Test func barsOfManyModelsStayWithinTheAxis() throws {
    var plot = try #require(RobustnessSection(study: study).plots.first)
    plot.lines = (0..<12).map { _ in plot.lines[0] }
    let range = try #require(plot.script.firstMatch(of: /set xrange \[(.*):(.*)\]/))
    let lower = try #require(Double(range.1))
    let upper = try #require(Double(range.2))
    let places = plot.script.matches(of: /\n(-?[0-9.]+) [-0-9.e]+ [-0-9.e]+ [-0-9.e]+(?=\n)/).compactMap { Double($0.1) }
    #expect(places.count == 12 * 4)
    #expect(places.allSatisfy { lower < $0 && $0 < upper })
    #expect(Set(places).count == places.count)
  }

  private var hostile: Plot {
    let points = [Plot.Point(x: 0, y: 1, interval: 0.5...1.5), Plot.Point(x: 8, y: 2)]
    let words = "<b>'&\"` {x}_2 $a\nquit λ"
    return Plot(
      name: "hostile", title: words, caption: words, x: Plot.epsilonAxis, y: .init(words: words),
      lines: [.init(words: words, ink: .init(colour: "#0072b2", mark: 7), points: points)])
  }

  @Test func gnuplotDrawsWellFormedImagesOfAnyWords() throws {
    let svg = try Gnuplot().draw(hostile)
    let parser = XMLParser(data: Data(svg))
    #expect(parser.parse(), "\(parser.parserError.map { "\($0)" } ?? "")")
    let text = String(decoding: svg, as: UTF8.self)
    #expect(text.contains("{x}_2 $a quit λ"))
    #expect(!text.contains("<b>"))
  }

  @Test func gnuplotLeavesNoTraceOfItself() throws {
    let text = String(decoding: try Gnuplot().draw(hostile), as: UTF8.self)
    #expect(!text.contains("GNUPLOT") && !text.contains("patchlevel"))
    #expect(try Gnuplot().draw(hostile) == Gnuplot().draw(hostile))
  }

  @Test func onePointAndOneEpochCanBeDrawn() throws {
    var plot = hostile
    plot.lines[0].points = [Plot.Point(x: 1, y: 3)]
    #expect(try !Gnuplot().draw(plot).isEmpty)
    plot.x = Plot.epochAxis
    #expect(try !Gnuplot().draw(plot).isEmpty)
  }

  @Test func withoutGnuplotOneSentenceNamesTheRemedy() {
    let error = #expect(throws: GnuplotError.self) { try Gnuplot(program: "gnuplot-that-is-absent").draw(hostile) }
    #expect(
      error?.description
        == "the report's figures are drawn by gnuplot, and no program 'gnuplot-that-is-absent' was found: run data-prep/setup, which installs it"
    )
  }

  @Test func aGnuplotThatHangsIsNotWaitedFor() throws {
    let folder = FileManager.default.temporaryDirectory.appending(path: "advgan-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    let path = folder.appending(path: "hangs").path
    try Data("#!/bin/sh\nexec sleep 1000\n".utf8).write(to: URL(fileURLWithPath: path))
    try FileManager.default.setAttributes([.posixPermissions: 0o755], ofItemAtPath: path)
    var gnuplot = Gnuplot(program: "hangs", environment: ["PATH": "\(folder.path):/usr/bin:/bin"], patience: 1)
    let error = #expect(throws: GnuplotError.self) { try gnuplot.draw(hostile) }
    #expect(error?.description == "gnuplot did not draw the figure 'hostile': \(path) did not end within 1 s")
    (gnuplot.patience, gnuplot.stop) = (900, StopFlag())
    gnuplot.stop.raise(.terminate)
    #expect(throws: Stopped.self) { try gnuplot.draw(hostile) }
  }

  @Test func whatGnuplotRefusesIsReported() {
    let error = #expect(throws: GnuplotError.self) { try Gnuplot(program: "false").draw(hostile) }
    #expect(error?.description == "gnuplot did not draw the figure 'hostile': it ended without a word")
    var empty = hostile
    empty.lines = []
    let refusal = #expect(throws: GnuplotError.self) { try Gnuplot().draw(empty) }
    #expect(refusal?.description.hasPrefix("gnuplot did not draw the figure 'hostile': ") == true)
  }
}
