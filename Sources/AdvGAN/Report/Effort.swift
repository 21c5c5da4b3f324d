/// How long a model was trained, over all trainings that its weights went through.
struct Effort: Equatable, Sendable {
  /// Trainings in the order of time, each with the number of its last epoch.
  var parts: [Part]

  struct Part: Equatable, Sendable {
    /// Name of the stage.
    var stage: String
    /// Passes over the training images.
    var epochs: Int
  }

  var epochs: Int { parts.reduce(0) { $0 + $1.epochs } }

  /// `3 cotrain + 20 finetune`; nil for a single training, whose total says it all.
  var detail: String? { parts.count < 2 ? nil : parts.map { "\($0.epochs)\u{A0}\($0.stage)" }.joined(separator: " + ") }

  /// `23 (3 cotrain + 20 finetune)` or `20`.
  var words: String { detail.map { "\(epochs) (\($0))" } ?? "\(epochs)" }
}

extension Study {
  /// The training whose artifact was evaluated, if it is among the histories.
  func training(of evaluated: Evaluated) -> Trained? { histories.first { $0.stage.digest == evaluated.subject?.digest } }

  /// The evaluated training and, through the inputs of the role `discriminator`, those it started from; nil where one of them is not among
  /// the histories or does not tell its epochs. A generator that only lends images does not count.
  func effort(of evaluated: Evaluated) -> Effort? {
    var parts: [Effort.Part] = []
    var digest = evaluated.subject?.digest
    if digest == nil { return nil }
    while let wanted = digest {
      // No more steps than histories, so that records that name each other in a ring end too.
      guard parts.count < histories.count, let trained = histories.first(where: { $0.stage.digest == wanted }), let epochs = trained.epochs
      else { return nil }
      parts.insert(Effort.Part(stage: trained.stage.name, epochs: epochs), at: 0)
      digest = trained.stage.inputs.first { $0.role == "discriminator" }?.digest
    }
    return Effort(parts: parts)
  }
}

extension Study.Trained {
  /// The number of its last epoch: from the history, else from its settings.
  var epochs: Int? { history.epochs.last?.epoch ?? selection?.lastEpoch ?? stage.setting("epochs").flatMap { Int($0) }.flatMap { TrainingHistory.largest.contains($0) ? $0 : nil } }
}
