/// Colour, line and mark that stand for one model in every figure and table.
struct Ink: Equatable, Sendable {
  /// `#rrggbb`.
  var colour: String
  /// gnuplot's number of the mark on the line's points.
  var mark: Int
}

extension Study {
  /// The colours of Okabe and Ito, told apart by colour-blind readers too and dark enough for lines on white; yellow is skipped, black stands last.
  static let palette = ["#0072b2", "#d55e00", "#009e73", "#cc79a7", "#e69f00", "#56b4e9", "#000000"]

  /// Filled circle, square, triangles, diamond, pentagon: with seven colours the pair repeats only after 42 models.
  static let marks = [7, 5, 9, 13, 11, 15]

  private static func ink(_ number: Int) -> Ink {
    Ink(colour: palette[number % palette.count], mark: marks[number % marks.count])
  }

  /// One ink for each evaluation, in the order of the job file.
  func ink(of evaluated: Evaluated) -> Ink {
    Self.ink(evaluations.firstIndex { $0.stage.name == evaluated.stage.name } ?? 0)
  }

  /// A training has the ink of the first evaluation of its artifact; trainings that were not evaluated follow after all evaluations.
  func ink(of trained: Trained) -> Ink {
    if let evaluation = evaluations.first(where: { $0.subject?.digest == trained.stage.digest }) { return ink(of: evaluation) }
    let others = histories.filter { other in !evaluations.contains { $0.subject?.digest == other.stage.digest } }
    return Self.ink(evaluations.count + (others.firstIndex { $0.stage.name == trained.stage.name } ?? 0))
  }
}
