@testable import AdvGAN

/// What a section shows, by kind.
extension ReportSection {
  var tables: [ReportTable] { contents.tables }
  var plots: [Plot] { contents.plots }
  var words: String { blocks.map { if case .words(let markup) = $0 { markup.html } else { "" } }.joined() }

  func plot(_ name: String) -> Plot? { plots.first { $0.name == name } }

  /// Those of one stage.
  func plots(of stage: StageSummary) -> [Plot] { plots.filter { $0.name.hasSuffix("-" + Study.fileName(stage.name)) } }

  private var contents: ReportContents { ReportContents(ReportFixtures.study, [self]) }
}

extension ReportContents {
  var absences: [String] { sections.flatMap(\.section.absences) }
}
