import Foundation

/// A plot and its drawing.
struct Figure: Equatable, Sendable {
  var plot: Plot
  /// The SVG file.
  var svg: [UInt8]

  /// Name of the file in the artifact.
  var file: String { "figures/\(plot.name).svg" }

  /// The figure for the page, as an image that carries its own bytes: names inside one SVG cannot meet those of another that way.
  var markup: Markup {
    """
    <figure id="figure-\(plot.name)"><img alt="\(plot.caption) The numbers stand in the tables and in report.json." \
    src="data:image/svg+xml;base64,\(Data(svg).base64EncodedString())">
    <figcaption>\(plot.caption)</figcaption></figure>
    """
  }
}

extension [Figure] {
  /// Side by side where there is room. Nothing at all without figures.
  var markup: Markup { isEmpty ? "" : "<div class=\"figures\">\n\(map(\.markup).lines())</div>\n" }
}
