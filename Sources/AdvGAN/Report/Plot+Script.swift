extension Plot {
  /// Width of every figure, in pixels at natural size.
  private static let width = 560
  private static let areaHeight = 270, legendLine = 21

  /// The figure as a script for gnuplot 5.2 or later that writes SVG to standard output. The same figure gives the same script.
  ///
  /// All words stand in single quotes, where gnuplot knows neither escapes nor commands, and `noenhanced` keeps `_` and `^` as they are.
  /// Margins and legend are placed by hand: gnuplot's own layout lets the legend touch the axis.
  var script: String {
    let top = (title == nil ? 10 : 32) + (x.second == nil ? 8 : 52)
    let legend = Self.legendLine * lines.count + 10
    let height = top + Self.areaHeight + 62 + legend
    func screen(_ fromBottom: Int) -> String { Decimals.plain(Double(fromBottom) / Double(height), 5) }
    var script = """
      set terminal svg size \(Self.width),\(height) dynamic noenhanced font 'sans-serif,14' background '#ffffff' name '\(name)'
      set encoding utf8
      set border 3 linecolor rgb '#555555'
      set tics nomirror
      set grid ytics linetype 1 linecolor rgb '#dddddd' linewidth 1
      set lmargin at screen 0.13
      set rmargin at screen 0.965
      set tmargin at screen \(screen(height - top))
      set bmargin at screen \(screen(legend + 62))
      set key at screen 0.02, screen \(screen(legend)) left top Left reverse samplen 3
      set xlabel \(Self.quoted(x.words))
      set ylabel \(Self.quoted(y.words))
      set xrange [\(range(of: \.x, x, padding: 0.03))]
      set yrange [\(y.lower.map(Decimals.exact) ?? "*"):\(y.upper.map(Decimals.exact) ?? "*")]

      """
    if let title { script += "set label 1 \(Self.quoted(title)) at screen 0.02, screen \(screen(height - 16)) left font 'sans-serif,15'\n" }
    if let second = x.second { script += Self.secondAxis(second) }
    for (number, line) in lines.enumerated() { script += Self.block(line, number) }
    return script + "plot " + lines.enumerated().flatMap { Self.curves($1, $0) }.joined(separator: ", \\\n  ") + "\n"
  }

  private static func secondAxis(_ second: Axis.Second) -> String {
    """
    set border 7
    set link x2 via x*\(second.factor) inverse x/\(second.factor)
    set x2tics
    set x2label \(quoted(second.words))

    """
  }

  /// Values a line, between a name and an end mark.
  private static func block(_ line: Line, _ number: Int) -> String {
    let rows = line.points.map { point in
      let interval = point.interval ?? point.y...point.y
      return [point.x, point.y, interval.lowerBound, interval.upperBound].map(Decimals.exact).joined(separator: " ") + "\n"
    }
    return "$line\(number) << END\n" + rows.joined() + "END\n"
  }

  private static func curves(_ line: Line, _ number: Int) -> [String] {
    let colour = "linecolor rgb '\(line.ink.colour)'"
    let kind = line.isMarked ? "linespoints" : "lines"
    let mark = line.isMarked ? " pointtype \(line.ink.mark) pointsize 0.8" : ""
    let curve = "$line\(number) using 1:2 with \(kind) \(colour) dashtype \(line.dash.rawValue) linewidth 2\(mark) title \(quoted(line.words))"
    guard line.points.contains(where: { $0.interval != nil }) else { return [curve] }
    return ["$line\(number) using 1:2:3:4 with yerrorbars \(colour) linewidth 1 pointtype 0 notitle", curve]
  }

  private func range(of value: KeyPath<Point, Double>, _ axis: Axis, padding: Double) -> String {
    let values = lines.flatMap(\.points).map { $0[keyPath: value] }
    let lower = axis.lower ?? values.min() ?? 0, upper = axis.upper ?? values.max() ?? 1
    let pad = upper > lower ? (upper - lower) * padding : 1
    return Decimals.exact(lower - pad) + ":" + Decimals.exact(upper + pad)
  }

  /// `words` in gnuplot's single quotes: a quote is doubled, a line end or other control character becomes a space.
  static func quoted(_ words: String) -> String {
    let oneLine = String(String.UnicodeScalarView(words.unicodeScalars.map { $0.value < 0x20 || $0.value == 0x7f ? " " : $0 }))
    return "'" + oneLine.replacing("'", with: "''") + "'"
  }
}
