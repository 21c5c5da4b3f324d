/// A part of the report. It looks at the study and says what it can show.
protocol ReportSection: Sendable {
  /// Name in the page's address, and title.
  static var anchor: String { get }
  static var title: String { get }

  init(study: Study)

  /// What it shows, from top to bottom; empty where the study has nothing for it.
  var blocks: [ReportBlock] { get }

  /// What a reader might look for in vain, and why it is missing; one sentence each.
  var absences: [String] { get }
}

extension ReportSection {
  var absences: [String] { [] }
}

/// A piece of a section.
enum ReportBlock {
  case words(Markup)
  case table(ReportTable)
  /// Side by side where there is room.
  case figures([Plot])
}

/// All sections, in the order of the page. A new one is one file and one line here.
enum Sections {
  static let all: [any ReportSection.Type] = [
    Summary.self, RobustnessSection.self, GeneralisationSection.self, FineTuningSection.self, MetricsSection.self, SampleSection.self,
    TrainingSection.self, ClassSection.self, SettingsSection.self,
  ]
}

/// What all sections say of a study.
struct ReportContents {
  let study: Study
  let sections: [(section: any ReportSection, blocks: [ReportBlock])]

  init(_ study: Study) { self.init(study, Sections.all.map { $0.init(study: study) }) }

  init(_ study: Study, _ sections: [any ReportSection]) {
    self.study = study
    self.sections = sections.map { ($0, $0.blocks) }
  }

  /// In the order of the page.
  var tables: [ReportTable] {
    sections.flatMap(\.blocks).compactMap { block in
      guard case .table(let table) = block else { return nil }
      return table
    }
  }

  var plots: [Plot] {
    sections.flatMap(\.blocks).flatMap { block -> [Plot] in
      guard case .figures(let plots) = block else { return [] }
      return plots
    }
  }

  /// Every file by its name in the artifact: `report.html`, `report.json`, `tables/*.csv`, `figures/*.svg`.
  /// - Parameter draw: turns a plot into an SVG file, as `Gnuplot().draw`; what it throws comes out unchanged.
  func files(draw: (Plot) throws -> [UInt8]) rethrows -> [String: [UInt8]] {
    let figures = try plots.map { Figure(plot: $0, svg: try draw($0)) }
    var files = [Page.member: Array(Page(self, figures).html.utf8)]
    files[ReportDocument.member] = ReportDocument(self).encoded
    for table in tables { files["tables/\(table.name).csv"] = Array(table.csv.utf8) }
    for figure in figures { files[figure.file] = figure.svg }
    return files
  }
}
