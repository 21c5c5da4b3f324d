/// Figures over the epsilon of the attack.
struct AccuracyCurves {
  let study: Study

  func accuracy(_ evaluated: Study.Evaluated, _ split: String) -> [Plot.Point] {
    guard let split = evaluated.chosen?.split(split) else { return [] }
    return split.points.map { point in
      let share = Proportion(correct: point.correct, total: split.images)
      let interval = share.interval
      return Plot.Point(x: point.radius.per255, y: 100 * share.fraction, interval: 100 * interval.lowerBound...100 * interval.upperBound)
    }
  }

  func gap(_ evaluated: Study.Evaluated) -> [Plot.Point] {
    guard let model = evaluated.chosen else { return [] }
    return (model.split("test")?.points ?? []).compactMap { point in
      GapTable.gap(model, at: point.radius).map { gap in
        Plot.Point(x: point.radius.per255, y: 100 * gap.value, interval: 100 * gap.interval.lowerBound...100 * gap.interval.upperBound)
      }
    }
  }

  func line(_ evaluated: Study.Evaluated, _ words: String, _ points: [Plot.Point], dash: Plot.Dash = .solid) -> Plot.Line {
    Plot.Line(words: words, ink: study.ink(of: evaluated), dash: dash, points: points)
  }

  /// Leaves out lines without points, and a figure without lines.
  func plot(_ name: String, title: String? = nil, _ caption: String, y: Plot.Axis, _ lines: [Plot.Line]) -> Plot? {
    let drawn = lines.filter { !$0.points.isEmpty }
    return drawn.isEmpty ? nil : Plot(name: name, title: title, caption: caption, x: Plot.epsilonAxis, y: y, lines: drawn)
  }
}

/// Figures over the epochs of trainings.
struct HistoryCurves {
  let study: Study

  struct Entry {
    /// In `metrics.jsonl`.
    let key: String
    /// In the legend.
    let words: String
    let colour: String
    let dash: Plot.Dash

    init(_ key: String, _ words: String, _ colour: String, _ dash: Plot.Dash = .solid) {
      (self.key, self.words, self.colour, self.dash) = (key, words, colour, dash)
    }
  }

  func plot(_ trained: Study.Trained, _ name: String, _ subject: String, y: Plot.Axis, _ entries: [Entry], factor: Double = 1) -> Plot? {
    let label = study.label(of: trained)
    let lines = entries.enumerated().map { number, entry in
      let ink = Ink(colour: entry.colour, mark: Study.marks[number % Study.marks.count])
      return line(trained.history, entry.key, entry.words, ink, entry.dash, factor: factor)
    }
    return assemble("\(name)-\(Study.fileName(trained.stage.name))", label, "\(label): \(subject).", y: y, lines)
  }

  func line(_ history: TrainingHistory, _ key: String, _ words: String, _ ink: Ink, _ dash: Plot.Dash, factor: Double) -> Plot.Line {
    let points = history.curve(key).map { Plot.Point(x: $0.x, y: factor * $0.y) }
    return Plot.Line(words: words, ink: ink, dash: dash, isMarked: points.count <= 15, points: points)
  }

  func assemble(_ name: String, _ title: String?, _ caption: String, y: Plot.Axis, _ lines: [Plot.Line]) -> Plot? {
    let drawn = lines.filter { !$0.points.isEmpty }
    return drawn.isEmpty ? nil : Plot(name: name, title: title, caption: caption, x: Plot.epochAxis, y: y, lines: drawn)
  }
}
