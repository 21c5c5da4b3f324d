/// `report.html`: one file that needs nothing else, neither network nor scripts.
struct Page {
  /// Name of the page among the files.
  static let member = "report.html"

  /// By which a page of ours is told.
  static let generator = #"<meta name="generator" content="advgan-job">"#

  let contents: ReportContents
  let figures: [Figure]

  init(_ contents: ReportContents, _ figures: [Figure]) { (self.contents, self.figures) = (contents, figures) }

  /// The whole page. The same inputs give the same text.
  var html: String {
    let parts = parts
    let links = parts.map { part -> Markup in "<li><a href=\"#\(part.anchor)\">\(part.title)</a></li>" }
    let bodies = parts.map { part -> Markup in "<section>\n<h2 id=\"\(part.anchor)\">\(part.title)</h2>\n\(part.body)</section>" }
    let page: Markup = """
      <!doctype html>
      <html lang="en">
      <head>
      <meta charset="utf-8">
      \(Markup(trusted: Self.generator))
      <meta name="viewport" content="width=device-width, initial-scale=1">
      <meta http-equiv="Content-Security-Policy" content="default-src 'none'; img-src data:; style-src 'unsafe-inline'">
      <title>\(contents.study.title)</title>
      <style>
      \(Markup(trusted: Stylesheet.css))
      </style>
      </head>
      <body>
      <header>
      <h1>\(contents.study.title)</h1>
      <p class="subtitle">Report of advgan-job: adversarial co-training, fine-tuning and evaluation.</p>
      <nav aria-label="Contents"><ul>
      \(links.lines())</ul></nav>
      </header>
      <main>
      \(bodies.lines())</main>
      </body>
      </html>

      """
    return page.html
  }

  private struct Part {
    var anchor: String, title: String, body: Markup
  }

  /// Those that have something to show, then those of the page itself.
  private var parts: [Part] {
    let shown = contents.sections.enumerated().compactMap { place, entry -> Part? in
      let (section, blocks) = entry
      let body = blocks.map(markup).reduce("", +) + (place == 0 ? absences : "")
      return body.html.isEmpty ? nil : Part(anchor: type(of: section).anchor, title: type(of: section).title, body: body)
    }
    return shown + [
      Part(anchor: "run-times", title: "Run times", body: RunTimes.mark + "\n"), Part(anchor: "files", title: "Files", body: files),
    ]
  }

  private func markup(_ block: ReportBlock) -> Markup {
    switch block {
    case .words(let markup): markup
    case .table(let table): table.markup
    case .figures(let plots): plots.compactMap { plot in figures.first { $0.plot.name == plot.name } }.markup
    }
  }

  /// What a reader might look for in vain, and why it is missing.
  private var absences: Markup {
    let lines = contents.sections.flatMap(\.section.absences).map { line -> Markup in "<li>\(line)</li>" }
    return lines.isEmpty ? "" : "<h3 id=\"skipped\">Not in this report</h3>\n<ul>\n\(lines.lines())</ul>\n"
  }

  private var files: Markup {
    let names = contents.tables.map { "tables/\($0.name).csv" } + figures.map(\.file)
    let items = names.map { name -> Markup in "<li><code>\(name)</code></li>" }
    return """
      <p>The artifact of this report also holds <code>report.json</code> with every number, and each table and figure as a file of its own.</p>
      <details><summary>\(names.count) tables and figures</summary>
      <ul>
      \(items.lines())</ul></details>

      """
  }
}
