/// The head of the report: what was evaluated, what came out, and how far it can be trusted.
struct Summary: ReportSection {
  let study: Study

  static let anchor = "summary", title = "Summary"

  var blocks: [ReportBlock] {
    func list(_ lines: [String], _ kind: Markup) -> [ReportBlock] {
      let items = lines.map { line -> Markup in "<li>\(line)</li>" }
      return items.isEmpty ? [] : [.words("<ul class=\"\(kind)\">\n\(items.lines())</ul>\n")]
    }
    let notes = notes.map { line -> Markup in "<li>\(line)</li>" }
    let reading: Markup = """
      <h3 id="reading">What the numbers show, and what they do not</h3>
      <ul>
      \(notes.lines())</ul>

      """
    return list(headlines, "headlines") + list(warnings, "headlines warnings") + [.table(evaluations), .words(reading)]
  }

  /// One sentence or two for clean images and for the reference epsilon.
  var headlines: [String] {
    let clean = study.epsilons(on: "test").first { $0.isClean }
    return [clean, study.referenceEpsilon].compactMap(\.self).compactMap(headline)
  }

  private func headline(at epsilon: Epsilon) -> String? {
    let shares = study.evaluations.compactMap { evaluated -> (Study.Evaluated, EvaluationDocument.Model, Proportion)? in
      guard let model = evaluated.chosen, let split = model.split("test"), let point = split.point(epsilon) else { return nil }
      return (evaluated, model, Proportion(correct: point.correct, total: split.images))
    }
    guard let first = shares.first else { return nil }
    let (evaluated, model, share) = shares.dropFirst().reduce(first) { $1.2.fraction > $0.2.fraction ? $1 : $0 }
    let images =
      epsilon.isClean
      ? "On clean test images" : "On test images attacked with \(epsilon.words) (\(epsilon.paperWords) on the paper's scale)"
    let name = model.weights == "discriminator" ? study.label(of: evaluated) : "\(study.label(of: evaluated)) (\(model.weights) weights)"
    let most = shares.count > 1 ? "is right most often of \(shares.count) models" : "is right"
    let result =
      "\(images), \(name) \(most): \(Decimals.percent(share.fraction)) of \(Decimals.count(share.total)), "
      + "95 % interval \(AccuracyTables.words(for: share.interval))."
    return result + comparison(evaluated, model, share, epsilon)
  }

  private func comparison(
    _ evaluated: Study.Evaluated, _ model: EvaluationDocument.Model, _ share: Proportion, _ epsilon: Epsilon
  ) -> String {
    guard let baseline = study.baselineEvaluation,
      let other = AccuracyTables(study: study).comparison(for: evaluated, model, "test", epsilon)
    else { return "" }
    let difference = ProportionDifference(share, minus: other)
    let output = difference.isBeyondChance ? "beyond" : "within"
    return " Against the baseline \(study.label(of: baseline)) (\(Decimals.percent(other.fraction))) that is "
      + "\(Decimals.signed(100 * difference.value, 2)) points (95 % interval \(difference.intervalWords)), \(output) what the choice of images "
      + "explains."
  }

  /// What was evaluated, and how.
  private var evaluations: ReportTable {
    let rows = study.evaluations.map { evaluated in
      let document = evaluated.document
      let attacks = document.attacks.map(\.settings)
      return ReportTable.Row(
        name: study.label(of: evaluated), colour: study.ink(of: evaluated).colour,
        cells: [
          .init(words: document.network, detail: "width \(document.width)"),
          .init(
            words: attacks.map(Self.words).joined(separator: "; "),
            detail: attacks.count == 1 ? Self.detail(of: attacks[0]) : "an image must withstand all"), images(evaluated, "test"),
          images(evaluated, "train"), study.effort(of: evaluated).map { .init(words: "\($0.epochs)", detail: $0.detail) } ?? .empty,
          .init(words: evaluated.subject?.stage ?? "\u{2013}", detail: "by stage \(evaluated.stage.name)"),
        ])
    }
    return ReportTable(
      name: "evaluations", caption: "The models that were evaluated, and the attacks on each.", notes: [Self.effortNote],
      header: ["Model", "network", "attack", "test images", "training images", "epochs behind it", "made by"].map { .init(words: $0) },
      rows: rows,
      values: .init(
        columns: [
          "model", "stage", "network", "width", "attack", "kind", "norm", "objective", "steps", "step", "random_start", "restarts",
          "counted", "epochs",
        ], rows: study.evaluations.flatMap { evaluated in evaluated.document.attacks.map { values(evaluated, $0) } }))
  }

  /// One row of the tidy table, an attack.
  private func values(_ evaluated: Study.Evaluated, _ attack: EvaluationDocument.NamedAttack) -> [ReportTable.Field] {
    let (document, settings) = (evaluated.document, attack.settings)
    let model: [ReportTable.Field] = [
      .words(study.label(of: evaluated)), .words(evaluated.stage.name), .words(document.network), .whole(document.width),
    ]
    let words = [attack.name, settings.kind, settings.norm, settings.objective].map { $0.map(ReportTable.Field.words) ?? .none }
    return model + words
      + [
        settings.steps.map(ReportTable.Field.whole) ?? .none, settings.step.map(ReportTable.Field.words) ?? .none,
        settings.randomStart.map(ReportTable.Field.flag) ?? .none, settings.restarts.map(ReportTable.Field.whole) ?? .none,
        settings.counted.map(ReportTable.Field.words) ?? .none, study.effort(of: evaluated).map { .whole($0.epochs) } ?? .none,
      ]
  }

  private static let effortNote =
    "Epochs behind a model: passes over the training images, to the last one, in its own training and in those it started from. What a pass costs "
    + "also depends on the steps of its attack and on a generator trained beside it. A dash: not all of these trainings are among the histories."

  /// `2.5 epsilon / steps`, a rule, with a sign of multiplication and the report's word for epsilon; a size as it is.
  private static func step(_ text: String) -> String { text.replacing(" epsilon", with: " \u{00D7} epsilon") }

  /// `PGD, L∞, 20 steps of 2/255`.
  static func words(for attack: AttackRecord) -> String {
    let steps = attack.steps.map { "\($0) steps" + (attack.step.map { " of \(step($0))" } ?? "") }
    return [attack.kind.uppercased(), norm(attack.norm), steps].compactMap(\.self).joined(separator: ", ")
  }

  /// `random start, 1 run, counts every iterate`.
  private static func detail(of attack: AttackRecord) -> String {
    [
      attack.randomStart.map { $0 ? "random start" : "start at the image" }, attack.restarts.map { $0 == 1 ? "1 run" : "\($0) runs" },
      attack.counted.map { "counts \($0) iterate" },
    ].compactMap(\.self).joined(separator: ", ")
  }

  private static func norm(_ name: String) -> String { name == "linf" ? "L\u{221E}" : name }

  private func images(_ evaluated: Study.Evaluated, _ split: String) -> ReportTable.Cell {
    guard let found = evaluated.chosen?.split(split) else { return .empty }
    let all = found.images == found.imagesInSplit ? "all of them" : "of \(Decimals.count(found.imagesInSplit))"
    let chosen = evaluated.document.classes.map { ", \($0.count) of \(found.classNames.count) classes" } ?? ""
    return ReportTable.Cell(words: Decimals.count(found.images), detail: all + chosen)
  }
}
