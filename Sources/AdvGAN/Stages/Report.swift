import IO
import Jobs

/// The stage `report`: one page, its tables and its figures from evaluations and trainings.
///
/// Settings:
/// - `title` (`Report`): the page's heading.
/// - `baseline` (none): name of the evaluation stage that the others are compared with.
/// - `labels` (none): a list of `{stage: NAME, words: TEXT}`; the words stand for the stage everywhere. A label of a training also names its
///   evaluations, unless they have their own.
public struct Report: Stage {
  public static let name = "report"
  public static let summary = "a page with tables and figures of evaluations and trainings"
  public static let version = 1
  public static let roles: [InputRole] = [.many("evaluations"), .any("histories"), .optional("dataset")]

  private let title: String
  private let baseline: String?
  private let labels: [(stage: String, words: String)]

  public init(_ settings: inout SettingsReader) throws {
    title = try settings.text("title", default: "Report", "title of the page")
    baseline = try settings.optionalText("baseline", "the evaluation stage that the others are compared with")
    labels = try settings.sections("labels", "names of stages in the report; a training's name also names its evaluations") {
      (stage: try $0.text("stage", "a stage of the job file"), words: try $0.text("words", "what the report calls it"))
    }
    let stages = labels.map(\.stage)
    if let twice = stages.first(where: { name in stages.count { $0 == name } > 1 }) {
      throw settings.error(at: "labels", "the stage '\(twice)' has two labels")
    }
  }

  public func check(needs: [String: [String]], upstream: () -> Set<String>) throws(StageError) {
    try check(evaluations: needs["evaluations"] ?? [], known: labels.isEmpty ? [] : upstream())
  }

  public func run(_ workspace: Workspace) throws {
    let report = ReportContents(try study(of: workspace))
    let plotter = Gnuplot(stop: workspace.stop)
    let total = report.plots.count
    var drawn = 0
    let files = try report.files { plot in
      try workspace.stop.check()
      let svg = try plotter.draw(plot)
      drawn += 1
      workspace.progress.report(drawn, of: total, unit: "figures", note: plot.name)
      return svg
    }
    for (name, bytes) in files.sorted(by: { $0.key < $1.key }) { try workspace.write(name, bytes) }
  }

  private func study(of workspace: Workspace) throws -> Study {
    let evaluations = try workspace.inputs["evaluations", default: []].map(Study.Evaluated.init)
    let histories = try workspace.inputs["histories", default: []].map(Study.Trained.init)
    let study = Study(
      title: title, baseline: baseline, labels: Dictionary(labels.map { ($0.stage, $0.words) }) { first, _ in first },
      evaluations: evaluations, histories: histories, sources: workspace.optional("dataset").map { [StageSummary($0.manifest)] } ?? [])
    try check(
      evaluations: study.evaluations.map(\.stage.name),
      known: Set(study.stages.map(\.name) + study.evaluations.compactMap { $0.subject?.stage }))
    return study
  }

  /// Names in the settings must be those of stages that the report reads, or a slip would pass unnoticed.
  private func check(evaluations: [String], known: Set<String>) throws(StageError) {
    if let baseline, !evaluations.contains(baseline) {
      throw StageError(
        "'baseline' names '\(baseline)', which is not among this report's evaluations: \(evaluations.joined(separator: ", "))")
    }
    if let stranger = labels.first(where: { !known.contains($0.stage) }) {
      throw StageError(
        "'labels' names the stage '\(stranger.stage)', which this report does not read: \(known.sorted().joined(separator: ", "))")
    }
  }

  public func publishedFiles(stage: String) -> [String] { [stage + ".html"] }

  public func hasPublished(_ start: [UInt8]) -> Bool { String(decoding: start, as: UTF8.self).contains(Page.generator) }

  /// Writes the page with the run times beside the artifact, as `report.html` for a stage named `report`.
  public func publish(_ artifact: Artifact, records: [String: RunRecord], into folder: FilePath, on disk: any Disk) throws {
    let page = String(decoding: try artifact.bytes(of: Page.member), as: UTF8.self)
    let file = folder.appending(artifact.manifest.stage + ".html")
    try AtomicFile.write(Array(RunTimes(records).filled(into: page).utf8), to: file, on: disk)
  }
}

extension RunTimes {
  /// In the order in which the stages began; records that do not know their run are skipped.
  init(_ records: [String: RunRecord]) {
    let runs = records.compactMap { stage, record in record.run.map { (stage: stage, run: $0) } }
    rows = runs.sorted { ($0.run.started, $0.stage) < ($1.run.started, $1.stage) }.map { stage, run in
      let resumed = run.resumedAt.map { ", resumed at step \($0): earlier runs are not counted" } ?? ""
      return Row(
        stage: stage, started: Self.moment(run.started), took: Clock.span(run.seconds) + resumed,
        place: [
          run.circumstances.host, run.circumstances.processor, "\(run.threads) \(run.threads == 1 ? "thread" : "threads")",
          run.arithmetic?.words, run.circumstances.program,
        ].compactMap(\.self).joined(separator: ", "))
    }
  }

  /// `2026-05-12 03:10 UTC`; a dash for what is no time of ours, as in a damaged record.
  static func moment(_ seconds: Double) -> String { (0..<1e11).contains(seconds) ? Clock.minute(seconds) : "\u{2013}" }
}
