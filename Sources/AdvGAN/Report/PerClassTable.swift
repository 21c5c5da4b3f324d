/// Accuracy of each class on the test pictures, clean and at one strength.
struct PerClassTable {
  let study: Study

  /// One table for the clean pictures and one for `study.referenceStrength`, or fewer where nothing was measured.
  var tables: [ReportTable] {
    let clean = study.strengths(on: "test").first { $0.isClean }
    return [clean, study.referenceStrength].compactMap(\.self).compactMap(table(at:))
  }

  private func table(at strength: PerturbationSize) -> ReportTable? {
    let models = study.evaluations.compactMap { evaluated in
      evaluated.chosen?.split("test").flatMap { split in split.point(strength).map { (evaluated, split, $0) } }
    }
    guard let names = models.first?.1.classNames else { return nil }
    let same = models.filter { $0.1.classNames == names }
    let shown = Self.shown(same.map { ($0.0, $0.2) }, names.count)
    let rows = shown.map { number in
      ReportTable.Row(
        name: names[number],
        cells: same.map { _, _, point in
          let count = point.perClass[number]
          return count.pictures == 0
            ? .empty : ReportTable.Cell(words: Decimals.percent(count.proportion.fraction), detail: "\(count.correct) of \(count.pictures)")
        })
    }
    let attack = strength.isClean ? "clean test pictures" : "test pictures under attack with \(strength.words)"
    return ReportTable(
      name: strength.isClean ? "classes-clean" : "classes-attacked", caption: "Accuracy of each class on \(attack).",
      notes: [note(smallest: same.flatMap { entry in shown.map { entry.2.perClass[$0].pictures } }.min() ?? 0)],
      header: [.init(words: "Class")] + same.map { .init(words: study.label(of: $0.0), detail: weights($0.0)) }, rows: rows,
      values: values(same.map { ($0.0, $0.2) }, names, strength))
  }

  /// The classes that have a row: where evaluations chose classes, those that at least one of them measured, else all.
  private static func shown(_ models: [(Study.Evaluated, EvaluationDocument.Point)], _ classes: Int) -> [Int] {
    guard models.contains(where: { $0.0.document.classes != nil }) else { return Array(0..<classes) }
    return (0..<classes).filter { number in models.contains { $0.1.perClass[number].pictures > 0 } }
  }

  private func weights(_ evaluated: Study.Evaluated) -> String? {
    evaluated.chosen.flatMap { $0.weights == "discriminator" ? nil : "\($0.weights) weights" }
  }

  private func note(smallest: Int) -> String {
    let half = 100 * Proportion.z * (0.25 / Double(max(1, smallest))).squareRoot()
    return
      "With \(smallest) pictures in the smallest class, the 95 % interval of one number reaches up to \u{00B1} \(Decimals.plain(half, 0)) points: "
      + "read single classes with care."
  }

  private func values(
    _ models: [(Study.Evaluated, EvaluationDocument.Point)], _ names: [String], _ strength: PerturbationSize
  ) -> ReportTable.Values {
    let rows = models.flatMap { evaluated, point in
      zip(names, point.perClass).map { name, count in
        (evaluated.chosen.map { study.names(evaluated, $0) } ?? []) + [.words("test")] + strength.fields
          + [.words(name), .whole(count.pictures), .whole(count.correct)]
      }
    }
    return ReportTable.Values(
      columns: ["model", "stage", "weights", "split", "epsilon_255", "epsilon_paper_scale", "class", "pictures", "correct"], rows: rows)
  }
}
