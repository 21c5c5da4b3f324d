/// Figures over the epochs of the trainings.
struct HistoryFigures {
  let study: Study

  /// Losses and rates over the epochs of one training.
  func figures(of trained: Study.Trained) -> [Plot] {
    [
      plot(trained, "losses", "losses over time", y: Plot.Axis(words: "loss"), losses(of: trained)),
      plot(
        trained, "accuracies", "rates over time", y: Plot.Axis(words: "share of images, %", lower: 0, upper: 100), rates(of: trained),
        factor: 100),
    ].compactMap(\.self)
  }

  private func losses(of trained: Study.Trained) -> [Entry] {
    let network = trained.isCotraining ? "discriminator on " : "on "
    return [
      Entry(.lossDiscriminator, "discriminator, all terms", "#0072b2"),
      Entry(.lossGenerator, "generator", "#d55e00", .dashed),
      Entry(.lossReal, network + real(trained), "#009e73"),
      Entry(.lossFake, network + fake(trained), "#cc79a7", .dashed),
    ]
  }

  private func rates(of trained: Study.Trained) -> [Entry] {
    [
      Entry(.accuracyReal, "class right, \(real(trained))", "#0072b2"),
      Entry(.accuracyFake, "class right, \(fake(trained))", "#d55e00", .dashed),
      Entry(.recognisedReal, "\(real(trained)) called real", "#009e73"),
      Entry(.fooledRate, "\(fake(trained)) called real", "#cc79a7", .dashed),
      Entry(.validationClean, "class right, clean validation images", "#56b4e9"),
      Entry(.validationRobust, trained.isValidatedUnderAttack ? "class right, attacked validation images" : nil, "#000000", .dashed),
    ]
  }

  /// The real images as the network met them.
  private func real(_ trained: Study.Trained) -> String { trained.isAttacked ? "attacked training images" : "training images" }

  /// The generated ones; a co-training does not attack them, a fine-tuning does.
  private func fake(_ trained: Study.Trained) -> String {
    trained.isAttacked && !trained.isCotraining ? "attacked generated images" : "generated images"
  }

  /// Local Lipschitz value over the epochs of one training, on training and on test images (Fig. 1, right).
  func lipschitz(of trained: Study.Trained) -> Plot? {
    let colour = study.ink(of: trained).colour
    return plot(
      trained, "lipschitz", "local Lipschitz value over time (the form of the paper's Fig. 1, right)",
      y: Plot.Axis(words: "local Lipschitz value", lower: 0),
      [.init(.lipschitzTrain, "training images", colour, .dashed), .init(.lipschitzTest, "test images", colour)])
  }

  /// Accuracy on validation images over the epochs, every classifier in one figure.
  var validation: Plot? {
    let lines = study.histories.flatMap { trained -> [Plot.Line] in
      let ink = study.ink(of: trained)
      let label = study.label(of: trained)
      let clean = line(trained.history, .validationClean, "\(label), clean", ink, .dashed, factor: 100)
      if !trained.isValidatedUnderAttack { return [clean] }
      return [line(trained.history, .validationRobust, "\(label), attacked", ink, .solid, factor: 100), clean]
    }
    return assemble(
      "validation", nil, "Accuracy of the classifiers on validation images over time, attacked (solid) and clean (dashed).",
      y: Plot.Axis(words: "accuracy on validation images, %", lower: 0), lines)
  }

  private struct Entry {
    let quantity: TrainingHistory.Quantity
    /// In the legend; nil leaves the line out.
    let words: String?
    let colour: String
    let dash: Plot.Dash

    init(_ quantity: TrainingHistory.Quantity, _ words: String?, _ colour: String, _ dash: Plot.Dash = .solid) {
      (self.quantity, self.words, self.colour, self.dash) = (quantity, words, colour, dash)
    }
  }

  private func plot(
    _ trained: Study.Trained, _ name: String, _ subject: String, y: Plot.Axis, _ entries: [Entry], factor: Double = 1
  ) -> Plot? {
    let label = study.label(of: trained)
    let lines = entries.enumerated().compactMap { number, entry in
      entry.words.map { words in
        line(trained.history, entry.quantity, words, Ink(colour: entry.colour, mark: Study.marks[number]), entry.dash, factor: factor)
      }
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
