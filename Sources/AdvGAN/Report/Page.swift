/// `report.html`: one file that needs nothing else, neither network nor scripts.
struct Page {
  let study: Study
  let figures: ReportFigures
  let tables: ReportTables

  struct Section {
    var anchor: String
    var title: String
    var body: Markup
  }

  /// The whole page. The same inputs give the same text.
  var html: String {
    let sections = sections
    let links = sections.map { section -> Markup in "<li><a href=\"#\(section.anchor)\">\(section.title)</a></li>" }
    let bodies = sections.map { section -> Markup in
      "<section>\n<h2 id=\"\(section.anchor)\">\(section.title)</h2>\n\(section.body)</section>"
    }
    let page: Markup = """
      <!doctype html>
      <html lang="en">
      <head>
      <meta charset="utf-8">
      <meta name="viewport" content="width=device-width, initial-scale=1">
      <meta http-equiv="Content-Security-Policy" content="default-src 'none'; img-src data:; style-src 'unsafe-inline'">
      <title>\(study.title)</title>
      <style>
      \(Markup(trusted: Stylesheet.css))
      </style>
      </head>
      <body>
      <header>
      <h1>\(study.title)</h1>
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

  private var sections: [Section] {
    [
      Section(anchor: "summary", title: "Summary", body: Summary(study: study).markup + skipped),
      section(
        "robustness", "Accuracy under attack", tables.accuracyTest.map { $0.markup + [figures.accuracyTest].compactMap(\.self).markup }),
      section("generalisation", "Training against test images", generalisation),
      section("fine-tuning", "The effect of fine-tuning", fineTuning),
      section("lipschitz", "Local Lipschitz values", lipschitz),
      section("samples", "Generated images", SampleSection(study: study).markup),
      section("training", "Training", training),
      section("classes", "Accuracy by class", tables.perClass.isEmpty ? nil : tables.perClass.map(Self.folded).lines()),
      section("settings", "Settings", tables.settings.isEmpty ? nil : tables.settings.map(\.markup).lines()),
      Section(anchor: "run-times", title: "Run times", body: RunTimes.mark + "\n"),
      Section(anchor: "files", title: "Files", body: files),
    ].compactMap(\.self)
  }

  private func section(_ anchor: String, _ title: String, _ body: Markup?) -> Section? {
    body.map { Section(anchor: anchor, title: title, body: $0) }
  }

  private var generalisation: Markup? {
    guard let train = tables.accuracyTrain else { return nil }
    let gap = tables.gap.map { $0.markup } ?? ""
    return train.markup + gap + ([figures.gap].compactMap(\.self) + figures.models).markup
  }

  private var fineTuning: Markup? {
    if figures.fineTuning.isEmpty { return nil }
    return """
      <p>A fine-tuned classifier stands beside a co-trained one when its training names that very co-training artifact among its inputs.</p>
      \(figures.fineTuning.markup)
      """
  }

  private var lipschitz: Markup? {
    if tables.lipschitz == nil && figures.lipschitz.isEmpty { return nil }
    return (tables.lipschitz.map { $0.markup } ?? "") + figures.lipschitz.markup
  }

  private var training: Markup? {
    if tables.selection == nil && figures.trainings.isEmpty && figures.validation == nil { return nil }
    return (tables.selection.map { $0.markup } ?? "") + [figures.validation].compactMap(\.self).markup + figures.trainings.markup
  }

  /// A table of many classes is folded away.
  private static func folded(_ table: ReportTable) -> Markup {
    table.rows.count <= 20 ? table.markup : "<details><summary>\(table.caption)</summary>\n\(table.markup)</details>"
  }

  private var files: Markup {
    let names = tables.all.map { "tables/\($0.name).csv" } + figures.all.map(\.file)
    let items = names.map { name -> Markup in "<li><code>\(name)</code></li>" }
    return """
      <p>The artifact of this report also holds <code>report.json</code> with every number, and each table and figure as a file of its own.</p>
      <details><summary>\(names.count) tables and figures</summary>
      <ul>
      \(items.lines())</ul></details>

      """
  }
}
