extension Page {
  /// What a reader might look for in vain, and why it is missing.
  var skipped: Markup {
    let lines = absences.map { line -> Markup in "<li>\(line)</li>" }
    return lines.isEmpty ? "" : "<h3 id=\"skipped\">Not in this report</h3>\n<ul>\n\(lines.lines())</ul>\n"
  }

  /// One sentence for each missing part.
  var absences: [String] {
    let cotrainings = study.histories.filter(\.isCotraining)
    let losses = Set(cotrainings.compactMap { $0.stage.setting("loss") })
    var sentences: [String] = []
    func note(_ isMissing: Bool, _ sentence: String) { if isMissing { sentences.append(sentence) } }
    note(tables.accuracyTest == nil, "Accuracy under attack: no evaluation was made on test images.")
    note(study.baselineEvaluation == nil, "Improvements over a baseline: the job file names no baseline for this report.")
    note(
      tables.accuracyTrain == nil,
      "The gap between training and test images (the paper's Figs. 1 and 8): no evaluation was made on training images.")
    note(
      figures.fineTuning.isEmpty,
      "The effect of fine-tuning (the paper's Fig. 5): it takes an evaluation of a co-training, an evaluation of a fine-tuning that began from the "
        + "same artifact, and that fine-tuning among the histories.")
    note(study.histories.isEmpty, "Curves over the epochs: the job file names no histories for this report.")
    note(tables.lipschitz == nil && figures.lipschitz.isEmpty, "Local Lipschitz values: nothing measured them.")
    note(
      !study.histories.isEmpty && figures.lipschitz.isEmpty && tables.lipschitz != nil,
      "Local Lipschitz values over time (the paper's Fig. 1, right): no training measured them.")
    note(
      cotrainings.allSatisfy { $0.samples.isEmpty },
      "Generated images (the paper's Fig. 6): no co-training with samples is among the histories.")
    note(
      losses.count == 1,
      "A comparison of the two losses (the paper's Fig. 6): only a co-training with the loss '\(losses.first ?? "")' was run.")
    note(tables.selection == nil && !study.histories.isEmpty, "Best against last epoch: no training chose among its epochs.")
    return sentences
  }
}
