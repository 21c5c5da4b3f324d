/// Figures over the epsilon of the attack: accuracy, the gap between training and test images, and fine-tuning.
struct AccuracyFigures {
  let study: Study

  /// Accuracy of every model on the test images.
  var test: Plot? {
    plot(
      "accuracy-test",
      "Accuracy of every model on test images against attack epsilon. Bars are 95 % intervals; points are moved aside a little where they would meet.",
      y: Plot.Axis(words: "accuracy on test images, %", lower: 0),
      study.evaluations.map { evaluated in line(evaluated, study.label(of: evaluated), accuracy(evaluated, "test")) })
  }

  /// The gap of every model (Fig. 8).
  var gap: Plot? {
    plot(
      "accuracy-gap",
      "Generalisation gap against attack epsilon: accuracy on training images minus accuracy on test images (the form of the paper's Fig. 8).",
      y: Plot.Axis(words: "gap, percentage points"),
      study.evaluations.map { evaluated in line(evaluated, study.label(of: evaluated), gap(evaluated)) })
  }

  /// Training and test images and the gap between them, a figure a model (Fig. 1, left).
  var models: [Plot] {
    study.evaluations.compactMap { evaluated in
      let train = accuracy(evaluated, "train")
      if train.isEmpty { return nil }
      let label = study.label(of: evaluated)
      let ink = study.ink(of: evaluated)
      return plot(
        "accuracy-\(SettingsTables.fileName(evaluated.stage.name))", title: label,
        "\(label): accuracy on training and test images and the gap between them.",
        y: modelAxis,
        [
          Plot.Line(words: "training images", ink: ink, dash: .dashed, points: train),
          Plot.Line(words: "test images", ink: ink, points: accuracy(evaluated, "test")),
          Plot.Line(words: "gap", ink: Ink(colour: "#666666", mark: 2), dash: .dotted, points: gap(evaluated)),
        ])
    }
  }

  /// One range for all models, so that their figures can be compared: round tens around every bar.
  private var modelAxis: Plot.Axis {
    let bars = study.evaluations.flatMap { accuracy($0, "train") + accuracy($0, "test") + gap($0) }.compactMap(\.interval)
    let lowest = bars.map(\.lowerBound).min() ?? 0
    let highest = bars.map(\.upperBound).max() ?? 100
    return Plot.Axis(
      words: "accuracy, %; gap, points", lower: min(0, (lowest / 10).rounded(.down) * 10), upper: (highest / 10).rounded(.up) * 10)
  }

  /// Co-trained classifier against the fine-tuned ones that began from it (Fig. 5), a figure a co-training.
  var fineTuning: [Plot] {
    study.fineTunings.compactMap { cotrained, fineTuned in
      let first = line(cotrained, "\(study.label(of: cotrained)): as it left co-training", accuracy(cotrained, "test"), dash: .dashed)
      return plot(
        "fine-tuning-\(SettingsTables.fileName(cotrained.stage.name))",
        "The effect of fine-tuning on accuracy on test images: the classifier as it left the co-training, and after fine-tuning (the form of the "
          + "paper's Fig. 5).", y: Plot.Axis(words: "accuracy on test images, %", lower: 0),
        [first] + fineTuned.map { line($0, study.label(of: $0), accuracy($0, "test")) })
    }
  }

  private func accuracy(_ evaluated: Study.Evaluated, _ split: String) -> [Plot.Point] {
    guard let split = evaluated.chosen?.split(split) else { return [] }
    return split.points.map { point in
      let share = Proportion(correct: point.correct, total: split.images)
      let interval = share.interval
      return Plot.Point(x: point.radius.per255, y: 100 * share.fraction, interval: 100 * interval.lowerBound...100 * interval.upperBound)
    }
  }

  private func gap(_ evaluated: Study.Evaluated) -> [Plot.Point] {
    guard let model = evaluated.chosen else { return [] }
    return (model.split("test")?.points ?? []).compactMap { point in
      GapTable.gap(model, at: point.radius).map { gap in
        Plot.Point(
          x: point.radius.per255, y: 100 * gap.value, interval: 100 * gap.interval.lowerBound...100 * gap.interval.upperBound)
      }
    }
  }

  private func line(_ evaluated: Study.Evaluated, _ words: String, _ points: [Plot.Point], dash: Plot.Dash = .solid) -> Plot.Line {
    Plot.Line(words: words, ink: study.ink(of: evaluated), dash: dash, points: points)
  }

  /// Leaves out lines without points, and a figure without lines.
  private func plot(_ name: String, title: String? = nil, _ caption: String, y: Plot.Axis, _ lines: [Plot.Line]) -> Plot? {
    let drawn = lines.filter { !$0.points.isEmpty }
    return drawn.isEmpty ? nil : Plot(name: name, title: title, caption: caption, x: Plot.epsilonAxis, y: y, lines: drawn)
  }
}
