/// When and how long the stages ran: facts that differ between two honest runs. They are not part of the artifact; the page in it holds a
/// mark, and the copy for people gets the table in its place.
struct RunTimes: Equatable, Sendable {
  var rows: [Row]

  struct Row: Equatable, Sendable {
    var stage: String
    /// As people read it: `2026-05-12 03:10 UTC`.
    var started: String
    /// `6 h 31 min`.
    var took: String
    /// Host and threads, and the program's version.
    var place: String
  }

  private static let begin = "<!-- run-times: begin -->", end = "<!-- run-times: end -->"

  /// What stands in the artifact.
  static let mark = Markup(
    trusted: begin
      + "<p>Run times are not part of the artifact, whose bytes do not depend on the machine. The copy of this page beside the "
      + "artifact shows them.</p>" + end)

  /// `page` with the table between the marks, or unchanged when it has no marks.
  func filled(into page: String) -> String {
    guard let from = page.firstRange(of: Self.begin), let to = page.firstRange(of: Self.end), from.upperBound <= to.lowerBound else {
      return page
    }
    return page[..<from.upperBound] + markup.html + page[to.lowerBound...]
  }

  private var markup: Markup {
    if rows.isEmpty { return "<p>No run records were found beside the artifacts.</p>" }
    let lines = rows.map { row -> Markup in
      "<tr><th scope=\"row\">\(row.stage)</th><td>\(row.started)</td><td>\(row.took)</td><td>\(row.place)</td></tr>"
    }
    return """
      <h3 class="caption" id="caption-run-times">Run times of the stages behind this report, from the run records; not part of the artifact.</h3>
      <div class="scroll" id="table-run-times" tabindex="0"><table aria-labelledby="caption-run-times">
      <thead><tr><th scope="col">Stage</th><th scope="col">started</th><th scope="col">took</th><th scope="col">where</th></tr></thead>
      <tbody>
      \(lines.lines())</tbody></table></div>
      """
  }
}
