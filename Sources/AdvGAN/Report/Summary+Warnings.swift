extension Summary {
  /// What makes single results meaningless, found in the numbers themselves. Empty when nothing was found.
  var warnings: [String] {
    study.evaluations.flatMap { evaluated in narrowSamples(evaluated) + [constantAnswer(evaluated)].compactMap(\.self) }
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
      counts.count(where: { $0.images > 0 }) > 1,
      let right = counts.firstIndex(where: { $0.correct > 0 }), counts.count(where: { $0.correct > 0 }) == 1,
      counts[right].correct == counts[right].images
    else { return nil }
    return
      "\(study.label(of: evaluated)) is right on every test image of '\(split.classNames[right])' and on none of the other classes, "
      + "as a network is that gives all images the same answer. No attack can lower such an accuracy: it is no robustness."
  }
}
