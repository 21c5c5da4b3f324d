/// Figures over the epochs of trainings.
struct HistoryCurves {
  let study: Study

  struct Entry {
    /// In `metrics.jsonl`.
    let key: String
    /// In the legend; nil leaves the line out.
    let words: String?
    let colour: String
    let dash: Plot.Dash

    init(_ key: String, _ words: String?, _ colour: String, _ dash: Plot.Dash = .solid) {
      (self.key, self.words, self.colour, self.dash) = (key, words, colour, dash)
    }
  }

  func plot(
    _ trained: Study.Trained, _ name: String, _ subject: String, y: Plot.Axis, _ entries: [Entry], factor: Double = 1
  ) -> Plot? {
    let label = study.label(of: trained)
    let lines = entries.enumerated().compactMap { number, entry in
      entry.words.map { words in
        line(trained.history, entry.key, words, Ink(colour: entry.colour, mark: Study.marks[number % Study.marks.count]), entry.dash, factor: factor)
      }
    }
    return assemble("\(name)-\(Study.fileName(trained.stage.name))", label, "\(label): \(subject).", y: y, lines)
  }

  func line(
    _ history: TrainingHistory, _ key: String, _ words: String, _ ink: Ink, _ dash: Plot.Dash, factor: Double
  ) -> Plot.Line {
    let points = history.curve(key).map { Plot.Point(x: $0.x, y: factor * $0.y) }
    return Plot.Line(words: words, ink: ink, dash: dash, isMarked: points.count <= 15, points: points)
  }

  func assemble(_ name: String, _ title: String?, _ caption: String, y: Plot.Axis, _ lines: [Plot.Line]) -> Plot? {
    let drawn = lines.filter { !$0.points.isEmpty }
    return drawn.isEmpty ? nil : Plot(name: name, title: title, caption: caption, x: Plot.epochAxis, y: y, lines: drawn)
  }
}
