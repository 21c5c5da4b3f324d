extension Summary {
  /// What a reader must know before quoting a number, in plain words.
  var notes: [String] {
    [scales, splits, chosenClasses, chance, choice, length, recipe, bound, luck, paper].compactMap(\.self)
  }

  private var scales: String {
    "Attack strengths are the largest change of one colour value of one pixel: 8/255 is 8 steps of an 8-bit value. The paper scales pictures to "
      + "[-1, 1], so its numbers for the same change are twice as large: 8/255 is 0.0627 there. Both scales stand beside each other below."
  }

  private var splits: String? {
    let names = firstSplits.first?.classNames
    let classes =
      names.map { "The data set has \($0.count) classes\($0.count <= 20 ? " (" + $0.joined(separator: ", ") + ")" : ""). " } ?? ""
    return classes
      + "Results are on test pictures, which no training saw, unless a table or an axis says training or validation pictures. The "
      + "weights called best were chosen on validation pictures."
  }

  /// Which evaluations measured the pictures of some classes alone.
  private var chosenClasses: String? {
    let chosen = study.evaluations.compactMap { evaluated in
      evaluated.document.classes.map { "\(study.label(of: evaluated)) (\($0.count): \(Self.list($0)))" }
    }
    if chosen.isEmpty { return nil }
    return
      "Only pictures of chosen classes were measured for \(chosen.joined(separator: "; ")). These numbers stand for those classes alone; the "
      + "network still chose among all of its classes."
  }

  /// At most eight names, and how many more there are.
  private static func list(_ names: [String]) -> String {
    let more = names.count > 8 ? " and \(names.count - 8) more" : ""
    return names.prefix(8).joined(separator: ", ") + more
  }

  private var chance: String? {
    guard let pictures = firstSplits.map(\.pictures).min() else { return nil }
    let half = Proportion(correct: pictures / 2, total: pictures)
    return "With \(Decimals.count(pictures)) test pictures the binomial standard error of an accuracy near 50 % is "
      + "\(Decimals.plain(100 * half.standardError, 1)) points, its 95 % interval about \u{00B1} "
      + "\(Decimals.plain(100 * Proportion.z * half.standardError, 1)) points: smaller differences between single numbers mean little."
  }

  private var bound: String {
    "Accuracy under this attack is an upper bound of robust accuracy. More steps, more restarts or an ensemble such as AutoAttack can only lower it."
  }

  private var luck: String {
    "Each model is one training run from one random seed. The intervals leave out how much a second run would differ, often a point or more."
  }

  /// Table 1 was measured on the 10,000 pictures of CIFAR-10's test size; see `docs/deviations.md` for the rest.
  private var paper: String? {
    guard let pictures = firstSplits.map(\.pictures).min() else { return nil }
    let networks = Set(study.evaluations.map { "\($0.document.network) of width \($0.document.width)" }).sorted().joined(separator: ", ")
    let begin =
      pictures < 10_000
      ? "These numbers are not comparable with the paper's Table 1: they come from \(Decimals.count(pictures)) test pictures and \(networks)"
      : "Take care in comparing with the paper's Table 1: these numbers come from \(networks)"
    return begin
      + ", while the paper trained a ResNet-18 of 11 million weights on all 50\u{202F}000 training pictures of CIFAR-10. Its authors' published "
      + "script moreover measured on training pictures, so that the paper's row may not be one of test pictures."
  }

  private var firstSplits: [EvaluationDocument.Split] { study.evaluations.compactMap { $0.chosen?.split("test") } }
}
