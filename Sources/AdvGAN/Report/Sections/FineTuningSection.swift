/// Co-trained classifiers against the fine-tuned ones that began from them (the paper's Fig. 5).
struct FineTuningSection: ReportSection {
  static let anchor = "fine-tuning", title = "The effect of fine-tuning"

  let study: Study

  var blocks: [ReportBlock] {
    let plots = plots
    if plots.isEmpty { return [] }
    return [
      .words(
        "<p>A fine-tuned classifier stands beside a co-trained one when its training names that very co-training artifact among its inputs.</p>\n"),
      .figures(plots),
    ]
  }

  var absences: [String] {
    plots.isEmpty
      ? [
        "The effect of fine-tuning (the paper's Fig. 5): it takes an evaluation of a co-training, an evaluation of a fine-tuning that began from the "
          + "same artifact, and that fine-tuning among the histories."
      ] : []
  }

  /// A figure a co-training.
  private var plots: [Plot] {
    let curves = AccuracyCurves(study: study)
    return study.fineTunings.compactMap { cotrained, fineTuned in
      let first = curves.line(cotrained, "\(study.label(of: cotrained)): as it left co-training", curves.accuracy(cotrained, "test"), dash: .dashed)
      return curves.plot(
        "fine-tuning-\(Study.fileName(cotrained.stage.name))",
        "The effect of fine-tuning on accuracy on test images: the classifier as it left the co-training, and after fine-tuning (the form of the "
          + "paper's Fig. 5).", y: Plot.Axis(words: "accuracy on test images, %", lower: 0),
        [first] + fineTuned.map { curves.line($0, study.label(of: $0), curves.accuracy($0, "test")) })
    }
  }
}
