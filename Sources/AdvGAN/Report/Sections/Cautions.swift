/// What a reader must know before quoting a number.
extension Summary {
  /// What a reader must know before quoting a number, in plain words.
  var notes: [String] { [scales, splits, chosenClasses, chance, choice, length, recipe, bound, luck, paper].compactMap(\.self) }

  private var scales: String {
    "Attack epsilons are the largest change of one colour value of one pixel: 8/255 is 8 steps of an 8-bit value. The paper scales images to "
      + "[-1, 1], so its numbers for the same change are twice as large: 8/255 is 0.0627 there. Both scales stand beside each other below."
  }

  private var splits: String? {
    let names = firstSplits.first?.classNames
    let classes =
      names.map { "The data set has \($0.count) classes\($0.count <= 20 ? " (" + $0.joined(separator: ", ") + ")" : ""). " } ?? ""
    return classes + "Results are on test images, which no training saw, unless a table or an axis says training or validation images. The "
      + "weights called best were chosen on validation images."
  }

  /// Which evaluations measured the images of some classes alone.
  private var chosenClasses: String? {
    let measured = study.evaluations.compactMap { evaluated in evaluated.document.classes.map { (study.label(of: evaluated), $0) } }
    if measured.isEmpty { return nil }
    var lists: [[String]] = []
    for (_, classes) in measured where !lists.contains(classes) { lists.append(classes) }
    let chosen = lists.map { classes in
      let labels = measured.filter { $0.1 == classes }.map(\.0)
      let models = labels.count == study.evaluations.count && labels.count > 1 ? "all models" : labels.joined(separator: ", ")
      return "\(models) (\(classes.count): \(Self.list(classes)))"
    }
    return
      "Only images of chosen classes were measured for \(chosen.joined(separator: "; ")). These numbers stand for those classes alone; the "
      + "network still chose among all of its classes."
  }

  /// At most eight names, and how many more there are.
  private static func list(_ names: [String]) -> String {
    let more = names.count > 8 ? " and \(names.count - 8) more" : ""
    return names.prefix(8).joined(separator: ", ") + more
  }

  private var chance: String? {
    guard let images = firstSplits.map(\.images).min() else { return nil }
    let half = Proportion(correct: images / 2, total: images)
    return "With \(Decimals.count(images)) test images the binomial standard error of an accuracy near 50 % is "
      + "\(Decimals.plain(100 * half.standardError, 1)) points, its 95 % interval about \u{00B1} "
      + "\(Decimals.plain(100 * Proportion.z * half.standardError, 1)) points: smaller differences between single numbers mean little."
  }

  private var bound: String {
    "Accuracy under this attack is an upper bound of robust accuracy. More steps, more restarts or an ensemble such as AutoAttack can only lower it."
  }

  private var luck: String {
    "Each model is one training run from one random seed. The intervals leave out how much a second run would differ, often a point or more."
  }

  /// Table 1 was measured on 10,000 images of CIFAR-10 and of the 143 classes of ImageNet; see `docs/deviations.md` for the rest.
  private var paper: String? {
    guard let images = firstSplits.map(\.images).min() else { return nil }
    let documents = study.evaluations.map(\.document)
    let networks = Set(documents.map { "\($0.network) of width \($0.width)" }).sorted().joined(separator: ", ")
    let isImageNet = documents.allSatisfy { (Networks.named($0.network)?.side ?? 0) > 32 }
    let begin =
      images < (isImageNet ? 7_150 : 10_000)
      ? "These numbers are not comparable with the paper's Table 1: they come from \(Decimals.count(images)) test images and \(networks)"
      : "Take care in comparing with the paper's Table 1: these numbers come from \(networks)"
    return begin + ", while the paper trained " + (isImageNet ? Self.papersImageNet : Self.papersCIFAR10)
  }

  private static let papersCIFAR10 =
    "a ResNet-18 of 11 million weights on all 50\u{202F}000 training images of CIFAR-10. Its authors' published script moreover measured on "
    + "training images, so that the paper's row may not be one of test images."
  private static let papersImageNet =
    "a network of 10 million weights (width 64) on 180\u{202F}373 training images of 143 classes of ImageNet at 64 pixels, and attacked it by "
    + "20 steps of a fifth of the attack epsilon from the image itself."

  private var firstSplits: [EvaluationDocument.Split] { study.evaluations.compactMap { $0.chosen?.split("test") } }
}

extension Summary {
  /// What makes single results meaningless, found in the numbers themselves. Empty when nothing was found.
  var warnings: [String] {
    study.evaluations.flatMap { evaluated in narrowSamples(evaluated) + [constantAnswer(evaluated), unmeasured(evaluated)].compactMap(\.self) }
  }

  /// Images that stand in no number of the tables, where there are any.
  private func unmeasured(_ evaluated: Study.Evaluated) -> String? {
    let remarks = evaluated.document.unmeasuredRemarks
    return remarks.isEmpty ? nil : "\(study.label(of: evaluated)): \(remarks.joined(separator: " "))"
  }

  /// Splits of which whole classes were skipped, not by choice.
  private func narrowSamples(_ evaluated: Study.Evaluated) -> [String] {
    guard evaluated.document.classes == nil else { return [] }
    return (evaluated.chosen?.splits ?? []).compactMap { split in
      guard let counts = split.points.first?.perClass else { return nil }
      let seen = counts.count { $0.images > 0 }
      guard seen < counts.count else { return nil }
      return
        "\(study.label(of: evaluated)) was evaluated on \(AccuracyTables.words(for: split.split)) of only \(seen) of \(counts.count) classes: "
        + "these numbers do not stand for the whole split, and the intervals do not allow for that."
    }
  }

  /// A network that is right on all images of one class and on none of the others very likely says the same of every image.
  private func constantAnswer(_ evaluated: Study.Evaluated) -> String? {
    guard let split = evaluated.chosen?.split("test"), let counts = split.points.first?.perClass,
      counts.count(where: { $0.images > 0 }) > 1, let right = counts.firstIndex(where: { $0.correct > 0 }),
      counts.count(where: { $0.correct > 0 }) == 1, counts[right].correct == counts[right].images
    else { return nil }
    return "\(study.label(of: evaluated)) is right on every test image of '\(split.classNames[right])' and on none of the other classes, "
      + "as a network is that gives all images the same answer. No attack can lower such an accuracy: it is no robustness."
  }
}

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
