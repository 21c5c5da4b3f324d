/// Makes the report's files from a study. A pure function but for the drawing, which is handed in.
struct ReportFiles {
  let study: Study

  /// Name of the page among the files.
  static let page = "report.html"

  /// The figures to draw.
  var plots: [Plot] { ReportFigures(study) { Figure(plot: $0, svg: []) }.all.map(\.plot) }

  /// Every file by its name in the artifact: `report.html`, `report.json`, `tables/*.csv`, `figures/*.svg`.
  /// - Parameter draw: turns a plot into an SVG file, as `Gnuplot().draw`; what it throws comes out unchanged.
  func files(draw: (Plot) throws -> [UInt8]) rethrows -> [String: [UInt8]] {
    let tables = ReportTables(study)
    let figures = try ReportFigures(study) { Figure(plot: $0, svg: try draw($0)) }
    var files = [Self.page: Array(Page(study: study, figures: figures, tables: tables).html.utf8)]
    files["report.json"] = Array(ReportDocument(study, tables).json.pretty.utf8)
    for table in tables.all { files["tables/\(table.name).csv"] = Array(table.csv.utf8) }
    for figure in figures.all { files[figure.file] = figure.svg }
    return files
  }
}

/// The tables of a study; nil or empty where the inputs have nothing to say.
struct ReportTables {
  let evaluations: ReportTable
  let accuracyTest: ReportTable?
  let accuracyTrain: ReportTable?
  let gap: ReportTable?
  let lipschitz: ReportTable?
  let selection: ReportTable?
  let perClass: [ReportTable]
  let settings: [ReportTable]

  init(_ study: Study) {
    evaluations = Summary(study: study).table
    accuracyTest = AccuracyTables(study: study).table(on: "test")
    accuracyTrain = AccuracyTables(study: study).table(on: "train")
    gap = GapTable(study: study).table
    lipschitz = LipschitzTable(study: study).table
    selection = SelectionTable(study: study).table
    perClass = PerClassTable(study: study).tables
    settings = SettingsTables(study: study).tables
  }

  /// In the order of the page.
  var all: [ReportTable] {
    [evaluations] + [accuracyTest, accuracyTrain, gap, lipschitz, selection].compactMap(\.self) + perClass + settings
  }
}

/// The figures of a study; nil or empty where the inputs have nothing to show.
struct ReportFigures {
  let accuracyTest: Figure?
  let gap: Figure?
  let models: [Figure]
  let fineTuning: [Figure]
  let lipschitz: [Figure]
  let validation: Figure?
  let trainings: [Figure]

  init(_ study: Study, draw: (Plot) throws -> Figure) rethrows {
    let accuracy = AccuracyFigures(study: study)
    let history = HistoryFigures(study: study)
    accuracyTest = try accuracy.test.map(draw)
    gap = try accuracy.gap.map(draw)
    models = try accuracy.models.map(draw)
    fineTuning = try accuracy.fineTuning.map(draw)
    lipschitz = try study.histories.compactMap(history.lipschitz(of:)).map(draw)
    validation = try history.validation.map(draw)
    trainings = try study.histories.flatMap(history.figures(of:)).map(draw)
  }

  /// In the order of the page.
  var all: [Figure] {
    [accuracyTest, gap].compactMap(\.self) + models + fineTuning + lipschitz + [validation].compactMap(\.self) + trainings
  }
}
