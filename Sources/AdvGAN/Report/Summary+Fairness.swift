/// What sets compared models apart besides the method under test.
extension Summary {
  /// Where a compared model was trained for longer than the baseline.
  var length: String? {
    guard let baseline = study.baselineEvaluation, let reference = study.effort(of: baseline) else { return nil }
    let longer = study.evaluations.compactMap { evaluated -> String? in
      guard let effort = study.effort(of: evaluated), effort.epochs > reference.epochs else { return nil }
      return "\(study.label(of: evaluated)) \(effort.words)"
    }
    if longer.isEmpty { return nil }
    return
      "Not all models were trained for equally long. Epochs behind the baseline \(study.label(of: baseline)): \(reference.words); behind "
      + "\(longer.joined(separator: ", ")). Part of a difference to the baseline may come from the longer training."
  }

  /// Where a fine-tuning had another optimiser or another course of the learning rate than the baseline.
  var recipe: String? {
    guard let baseline = study.baselineEvaluation, let reference = study.training(of: baseline) else { return nil }
    var groups: [(words: String, labels: [String])] = []
    for evaluated in study.evaluations {
      guard let trained = study.training(of: evaluated), trained.isFineTuned, trained.stage.kind == reference.stage.kind else { continue }
      let words = Self.differences(trained.stage, reference.stage)
      if words.isEmpty { continue }
      let place = groups.firstIndex { $0.words == words } ?? groups.endIndex
      if place == groups.endIndex { groups.append((words, [])) }
      groups[place].labels.append(study.label(of: evaluated))
    }
    if groups.isEmpty { return nil }
    let list = groups.map { "\($0.labels.joined(separator: ", ")): \($0.words)" }.joined(separator: "; ")
    return
      "After their co-training, with settings of its own, fine-tuned models saw another optimiser or learning rate schedule than the baseline "
      + "\(study.label(of: baseline)) (\(list)). A difference to the baseline can come from that too."
  }

  /// `rate 0.002 against 0.003`, for the settings that steer the optimiser.
  private static func differences(_ one: StageSummary, _ other: StageSummary) -> String {
    let names = Set((one.settings + other.settings).map(\.name)).filter {
      $0.hasPrefix("optimiser.") || $0.hasPrefix("schedule.") || ["batch", "rate"].contains($0)
    }
    return names.sorted().filter { one.setting($0) != other.setting($0) }
      .map { "\($0) \(one.setting($0) ?? "none") against \(other.setting($0) ?? "none")" }.joined(separator: ", ")
  }

  /// The headlines pick a winner on the images that they quote it on.
  var choice: String? {
    let models = study.evaluations.count { $0.chosen?.split("test") != nil }
    guard models > 1, !headlines.isEmpty else { return nil }
    return
      "A headline names the best of \(models) models on the very test images that it quotes. The highest of several numbers is a little too "
      + "high, and neither its interval nor its comparison with the baseline is adjusted for that choice."
  }
}

extension Study.Trained {
  /// Whether it started from the weights of an earlier training.
  var isFineTuned: Bool { stage.inputs.contains { $0.role == "discriminator" } }
}
