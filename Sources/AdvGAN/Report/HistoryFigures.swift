/// Figures over the epochs of the trainings.
struct HistoryFigures {
  let study: Study

  /// Everything that one training recorded: losses, accuracies, local Lipschitz values.
  func figures(of trained: Study.Trained) -> [Plot] {
    let losses: [Entry] = [
      .init(.lossDiscriminator, "discriminator, all terms", "#0072b2"),
      .init(.lossGenerator, "generator", "#d55e00", .dashed),
      .init(.lossReal, trained.isCotraining ? "discriminator on attacked real pictures" : "on attacked real pictures", "#009e73"),
      .init(.lossFake, trained.isCotraining ? "discriminator on generated pictures" : "on attacked generated pictures", "#cc79a7", .dashed),
    ]
    let accuracies: [Entry] =
      [
        .init(.accuracyReal, "class right, attacked real training pictures", "#0072b2"),
        .init(.accuracyFake, "class right, generated pictures", "#d55e00", .dashed),
        .init(.recognisedReal, "attacked real pictures called real", "#009e73"),
        .init(.fooledRate, "generated pictures called real", "#cc79a7", .dashed),
        .init(.validationClean, "class right, clean validation pictures", "#56b4e9"),
        .init(.validationRobust, "class right, attacked validation pictures", "#000000", .dashed),
      ]
    return [
      plot(trained, "losses", "losses over time", y: Plot.Axis(words: "loss"), losses),
      plot(
        trained, "accuracies", "rates over time", y: Plot.Axis(words: "share of pictures, %", lower: 0, upper: 100), accuracies, factor: 100
      ),
    ].compactMap(\.self)
  }

  /// Local Lipschitz value over the epochs of one training, on training and on test pictures (Fig. 1, right).
  func lipschitz(of trained: Study.Trained) -> Plot? {
    let colour = study.ink(of: trained).colour
    return plot(
      trained, "lipschitz", "local Lipschitz value over time (the form of the paper's Fig. 1, right)",
      y: Plot.Axis(words: "local Lipschitz value", lower: 0),
      [.init(.lipschitzTrain, "training pictures", colour, .dashed), .init(.lipschitzTest, "test pictures", colour)])
  }

  /// Accuracy on validation pictures over the epochs, every classifier in one figure.
  var validation: Plot? {
    let lines = study.histories.flatMap { trained -> [Plot.Line] in
      let ink = study.ink(of: trained)
      let label = study.label(of: trained)
      return [(TrainingHistory.Quantity.validationRobust, Plot.Dash.solid, "attacked"), (.validationClean, .dashed, "clean")].map {
        line(trained.history, $0.0, "\(label), \($0.2)", ink, $0.1, factor: 100)
      }
    }
    return assemble(
      "validation", nil, "Accuracy of the classifiers on validation pictures over time, attacked (solid) and clean (dashed).",
      y: Plot.Axis(words: "accuracy on validation pictures, %", lower: 0), lines)
  }

  private struct Entry {
    let quantity: TrainingHistory.Quantity
    let words: String
    let colour: String
    let dash: Plot.Dash

    init(_ quantity: TrainingHistory.Quantity, _ words: String, _ colour: String, _ dash: Plot.Dash = .solid) {
      (self.quantity, self.words, self.colour, self.dash) = (quantity, words, colour, dash)
    }
  }

  private func plot(
    _ trained: Study.Trained, _ name: String, _ subject: String, y: Plot.Axis, _ entries: [Entry], factor: Double = 1
  ) -> Plot? {
    let label = study.label(of: trained)
    let lines = entries.enumerated().map { number, entry in
      line(
        trained.history, entry.quantity, entry.words, Ink(colour: entry.colour, mark: [7, 5, 9, 13, 11, 15][number]), entry.dash,
        factor: factor)
    }
    return assemble("\(name)-\(SettingsTables.fileName(trained.stage.name))", label, "\(label): \(subject).", y: y, lines)
  }

  private func line(
    _ history: TrainingHistory, _ quantity: TrainingHistory.Quantity, _ words: String, _ ink: Ink, _ dash: Plot.Dash, factor: Double
  ) -> Plot.Line {
    let points = history.curve(quantity).map { Plot.Point(x: $0.x, y: factor * $0.y) }
    return Plot.Line(words: words, ink: ink, dash: dash, isMarked: points.count <= 15, points: points)
  }

  private func assemble(_ name: String, _ title: String?, _ caption: String, y: Plot.Axis, _ lines: [Plot.Line]) -> Plot? {
    let drawn = lines.filter { !$0.points.isEmpty }
    return drawn.isEmpty ? nil : Plot(name: name, title: title, caption: caption, x: Plot.epochAxis, y: y, lines: drawn)
  }
}
