import Foundation

/// A figure of lines over one axis, independent of the program that draws it.
struct Plot: Equatable, Sendable {
  /// Name of the file `figures/NAME.svg` and anchor in the page: letters, digits and hyphens.
  var name: String
  /// A line above the drawing area, or nil.
  var title: String? = nil
  /// What the figure shows, under it in the page.
  var caption: String
  var x: Axis
  var y: Axis
  var lines: [Line]

  struct Axis: Equatable, Sendable {
    var words: String
    /// Fixed ends, or nil to follow the values.
    var lower: Double? = nil
    var upper: Double? = nil
    /// A second axis on the opposite side that shows the same position as `factor` times the value.
    var second: Second? = nil
    /// Whether only whole numbers make sense on it.
    var isWhole = false

    struct Second: Equatable, Sendable {
      var words: String
      var factor: Double
    }
  }

  struct Line: Equatable, Sendable {
    /// Words in the legend.
    var words: String
    var ink: Ink
    var dash: Dash = .solid
    /// Whether the points are marked; without marks it is a plain line, for curves of many points.
    var isMarked = true
    var points: [Point]
  }

  struct Point: Equatable, Sendable {
    var x: Double
    var y: Double
    /// 95 % interval of `y`, drawn as a bar.
    var interval: ClosedRange<Double>? = nil
  }

  /// The second of two kinds of numbers of one model is told apart by dashes, so that no figure depends on colour alone.
  enum Dash: String, Sendable {
    case solid = "1"
    case dashed = "'-'"
    case dotted = "'.'"
  }

  /// x runs over the epsilon of an attack in 255ths, with the paper's scale on top.
  static let epsilonAxis = Axis(
    words: "attack epsilon: largest change of a value, n/255",
    second: Axis.Second(words: "the same on the paper's scale of [-1, 1]", factor: 2.0 / 255))

  static let epochAxis = Axis(words: "epoch", isWhole: true)
}

/// Colour, line and mark that stand for one model in every figure and table.
struct Ink: Equatable, Sendable {
  /// `#rrggbb`.
  var colour: String
  /// gnuplot's number of the mark on the line's points.
  var mark: Int
}

/// As a script for gnuplot.
extension Plot {
  /// Width of every figure, in pixels at natural size.
  private static let width = 560
  private static let areaHeight = 270, legendLine = 24

  /// The figure as a script for gnuplot 5.2 or later that writes SVG to standard output. The same figure gives the same script.
  ///
  /// All words stand in single quotes, where gnuplot knows neither escapes nor commands, and `noenhanced` keeps `_` and `^` as they are.
  /// Margins and legend are placed by hand: gnuplot's own layout lets the legend touch the axis.
  var script: String {
    let top = (title == nil ? 10 : 40) + (x.second == nil ? 8 : 58)
    let legend = Self.legendLine * lines.count + 10
    let height = top + Self.areaHeight + 70 + legend
    func screen(_ fromBottom: Int) -> String { Decimals.plain(Double(fromBottom) / Double(height), 5) }
    var script = """
      set terminal svg size \(Self.width),\(height) dynamic noenhanced font 'sans-serif,16' background '#ffffff'
      set encoding utf8
      set border 3 linecolor rgb '#555555'
      set tics nomirror
      set grid ytics linetype 1 linecolor rgb '#dddddd' linewidth 1
      set lmargin at screen 0.14
      set rmargin at screen 0.965
      set tmargin at screen \(screen(height - top))
      set bmargin at screen \(screen(legend + 70))
      set key at screen 0.01, screen \(screen(legend)) left top Left reverse samplen 3
      set xlabel \(Self.quoted(x.words))
      set label 2 \(Self.quoted(y.words)) at screen 0.03, graph 0.5 center rotate by 90
      set format y '%g'
      set xrange [\(range(of: \.x, x, padding: 0.03))]
      set yrange [\(y.lower.map(Decimals.exact) ?? "*"):\(y.upper.map(Decimals.exact) ?? "*")]

      """
    if let title {
      script +=
        "set label 1 \(Self.quoted(Self.shortened(title))) at screen 0.02, screen \(screen(height - 18)) left font 'sans-serif,17'\n"
    }
    if x.isWhole {
      let span = span(of: \.x, x)
      script += "set xtics \(Decimals.exact(max(1, Self.step(for: span.upperBound - span.lowerBound))))\n"
    }
    if let second = x.second { script += secondAxis(second) }
    for (number, line) in lines.enumerated() { script += Self.block(line, number, shift: shift(number)) }
    return script + "plot " + lines.enumerated().flatMap { Self.curves($1, $0) }.joined(separator: ", \\\n  ") + "\n"
  }

  private func secondAxis(_ second: Axis.Second) -> String {
    """
    set border 7
    set link x2 via x*\(second.factor) inverse x/\(second.factor)
    set x2tics 0,\(Decimals.exact(Self.step(for: second.factor * span(of: \.x, x).upperBound)))
    set x2label \(Self.quoted(second.words))

    """
  }

  /// A round step (1, 2 or 5 times a power of ten) that divides 0 to `length` into at most five parts.
  static func step(for length: Double) -> Double {
    guard length > 0, length.isFinite else { return 1 }
    let power = log10(length / 5).rounded(.down)
    let steps = [1, 2, 5, 10].map { power < 0 ? $0 / pow(10, -power) : $0 * pow(10, power) }
    return steps.first { $0 * 5 >= length * 0.999 } ?? length
  }

  /// Lines with bars are moved sideways a little, so that bars at the same place can be told apart.
  private func shift(_ number: Int) -> Double {
    guard lines.contains(where: { $0.points.contains { $0.interval != nil } }) else { return 0 }
    let span = span(of: \.x, x)
    let step = min(0.008, 0.05 / Double(lines.count))
    return (Double(number) - Double(lines.count - 1) / 2) * step * (span.upperBound - span.lowerBound)
  }

  /// Values a line, between a name and an end mark.
  private static func block(_ line: Line, _ number: Int, shift: Double) -> String {
    let rows = line.points.map { point in
      let interval = point.interval ?? point.y...point.y
      return [point.x + shift, point.y, interval.lowerBound, interval.upperBound].map(Decimals.exact).joined(separator: " ") + "\n"
    }
    return "$line\(number) << END\n" + rows.joined() + "END\n"
  }

  private static func curves(_ line: Line, _ number: Int) -> [String] {
    let colour = "linecolor rgb '\(line.ink.colour)'"
    let kind = line.isMarked ? "linespoints" : "lines"
    let mark = line.isMarked ? " pointtype \(line.ink.mark) pointsize 0.8" : ""
    let curve =
      "$line\(number) using 1:2 with \(kind) \(colour) dashtype \(line.dash.rawValue) linewidth 2\(mark) title \(quoted(shortened(line.words)))"
    guard line.points.contains(where: { $0.interval != nil }) else { return [curve] }
    return ["$line\(number) using 1:2:3:4 with yerrorbars \(colour) linewidth 1 pointtype 0 notitle", curve]
  }

  private func range(of value: KeyPath<Point, Double>, _ axis: Axis, padding: Double) -> String {
    let span = span(of: value, axis)
    let pad = span.upperBound > span.lowerBound ? (span.upperBound - span.lowerBound) * padding : 1
    return Decimals.exact(span.lowerBound - pad) + ":" + Decimals.exact(span.upperBound + pad)
  }

  private func span(of value: KeyPath<Point, Double>, _ axis: Axis) -> ClosedRange<Double> {
    let values = lines.flatMap(\.points).map { $0[keyPath: value] }
    let lower = axis.lower ?? values.min() ?? 0
    return lower...max(lower, axis.upper ?? values.max() ?? 1)
  }

  /// What fits into the width of a figure, with an ellipsis in place of the rest.
  static func shortened(_ words: String) -> String { words.count <= 58 ? words : words.prefix(57) + "\u{2026}" }

  /// `words` in gnuplot's single quotes: a quote is doubled, a line end or other control character becomes a space.
  static func quoted(_ words: String) -> String {
    let oneLine = String(String.UnicodeScalarView(words.unicodeScalars.map { $0.value < 0x20 || $0.value == 0x7f ? " " : $0 }))
    return "'" + oneLine.replacing("'", with: "''") + "'"
  }
}

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
