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
        Plot.Point(
          x: point.radius.per255, y: 100 * gap.value, interval: 100 * gap.interval.lowerBound...100 * gap.interval.upperBound)
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
