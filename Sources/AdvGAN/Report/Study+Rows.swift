extension Study {
  /// One line of a table of models.
  struct ModelRow: Equatable, Sendable {
    var evaluated: Evaluated
    var model: EvaluationDocument.Model
    var name: String
  }

  /// The models of all evaluations, best and last together where they are one.
  var modelRows: [ModelRow] { evaluations.flatMap(rows) }

  /// A row for each kind of weights; one row for both where the training's record says that its best epoch was its last, and the two
  /// evaluations agree on every number. The only weights of a co-training go without saying.
  private func rows(of evaluated: Evaluated) -> [ModelRow] {
    let label = label(of: evaluated)
    let one = epochOfBestAndLast(evaluated)
    return evaluated.document.models.compactMap { model in
      switch (model.weights, one) {
      case ("discriminator", _): ModelRow(evaluated: evaluated, model: model, name: label)
      case ("best", .some(let epoch)):
        ModelRow(evaluated: evaluated, model: model, name: "\(label), best\u{A0}=\u{A0}last (epoch\u{A0}\(epoch))")
      case ("last", .some): nil
      default: ModelRow(evaluated: evaluated, model: model, name: "\(label), \(model.weights)")
      }
    }
  }

  /// The epoch of both, or nil where they differ or nothing tells.
  private func epochOfBestAndLast(_ evaluated: Evaluated) -> Int? {
    func splits(_ weights: String) -> [EvaluationDocument.Split]? { evaluated.document.models.first { $0.weights == weights }?.splits }
    guard let selection = training(of: evaluated)?.selection, selection.bestEpoch == selection.lastEpoch, let best = splits("best"),
      best == splits("last")
    else { return nil }
    return selection.lastEpoch
  }

  /// The first three columns of a tidy table: model, stage, weights.
  func names(_ evaluated: Evaluated, _ model: EvaluationDocument.Model) -> [ReportTable.Field] {
    [.words(label(of: evaluated)), .words(evaluated.stage.name), .words(model.weights)]
  }
}
