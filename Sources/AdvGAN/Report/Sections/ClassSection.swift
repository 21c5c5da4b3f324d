/// Accuracy of each class on the test images, clean and at one epsilon.
struct ClassSection: ReportSection {
  static let anchor = "classes", title = "Accuracy by class"

  let study: Study

  var blocks: [ReportBlock] { tables.map(ReportBlock.table) }

  /// One table for the clean images and one for `study.referenceEpsilon`, or fewer where nothing was measured.
  private var tables: [ReportTable] {
    let clean = study.epsilons(on: "test").first { $0.isClean }
    return [clean, study.referenceEpsilon].compactMap(\.self).compactMap(table(at:))
  }

  private func table(at epsilon: Epsilon) -> ReportTable? {
    let models = study.evaluations.compactMap { evaluated in
      evaluated.chosen?.split("test").flatMap { split in split.point(epsilon).map { (evaluated, split, $0) } }
    }
    guard let names = models.first?.1.classNames else { return nil }
    let same = models.filter { $0.1.classNames == names }
    let shown = Self.shown(same.map { ($0.0, $0.2) }, names.count)
    let rows = shown.map { number in
      ReportTable.Row(
        name: names[number],
        cells: same.map { _, _, point in
          let count = point.perClass[number]
          return count.images == 0
            ? .empty : ReportTable.Cell(words: Decimals.percent(count.proportion.fraction), detail: "\(count.correct) of \(count.images)")
        })
    }
    let attack = epsilon.isClean ? "clean test images" : "test images under attack with \(epsilon.words)"
    return ReportTable(
      name: epsilon.isClean ? "classes-clean" : "classes-attacked", caption: "Accuracy of each class on \(attack).",
      notes: [note(smallest: same.flatMap { entry in shown.map { entry.2.perClass[$0].images } }.min() ?? 0)],
      header: [.init(words: "Class")] + same.map { .init(words: study.label(of: $0.0), detail: weights($0.0)) }, rows: rows,
      values: values(same.map { ($0.0, $0.2) }, names, epsilon), isFolded: rows.count > 20)
  }

  /// The classes that have a row: where evaluations chose classes, those that at least one of them measured, else all.
  private static func shown(_ models: [(Study.Evaluated, EvaluationDocument.Point)], _ classes: Int) -> [Int] {
    guard models.contains(where: { $0.0.document.classes != nil }) else { return Array(0..<classes) }
    return (0..<classes).filter { number in models.contains { $0.1.perClass[number].images > 0 } }
  }

  private func weights(_ evaluated: Study.Evaluated) -> String? {
    evaluated.chosen.flatMap { $0.weights == "discriminator" ? nil : "\($0.weights) weights" }
  }

  private func note(smallest: Int) -> String {
    let half = 100 * Proportion.z * (0.25 / Double(max(1, smallest))).squareRoot()
    return
      "With \(smallest) images in the smallest class, the 95 % interval of one number reaches up to \u{00B1} \(Decimals.plain(half, 0)) points: "
      + "read single classes with care."
  }

  private func values(_ models: [(Study.Evaluated, EvaluationDocument.Point)], _ names: [String], _ epsilon: Epsilon) -> ReportTable.Values
  {
    let rows = models.flatMap { evaluated, point in
      zip(names, point.perClass).map { name, count in
        (evaluated.chosen.map { study.names(evaluated, $0) } ?? []) + [.words("test")] + epsilon.fields
          + [.words(name), .whole(count.images), .whole(count.correct)]
      }
    }
    return ReportTable.Values(
      columns: ["model", "stage", "weights", "split", "epsilon_255", "epsilon_paper_scale", "class", "images", "correct"], rows: rows)
  }
}
