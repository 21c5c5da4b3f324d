/// A table of the report: once as a person reads it, once as tidy values for a program.
struct ReportTable: Equatable, Sendable {
  /// Anchor in the page and name of the file `tables/NAME.csv`.
  var name: String
  /// What the table shows, one or two sentences.
  var caption: String
  /// What must be known to read the numbers, below the table.
  var notes: [String] = []
  var header: [Heading]
  var rows: [Row]
  /// The numbers in tidy form: one observation a row, first the names of the columns.
  var values: Values
  /// Whether the page shows it only when asked to, as a table of very many rows.
  var isFolded = false

  struct Heading: Equatable, Sendable {
    var words: String
    /// A second, smaller line.
    var detail: String? = nil
  }

  struct Row: Equatable, Sendable {
    /// First cell of the row.
    var name: String
    /// A second, smaller line.
    var detail: String? = nil
    /// Colour that stands for this row's model in the figures, as `#rrggbb`.
    var colour: String? = nil
    var cells: [Cell]
    /// Marked to be noticed, as a setting that differs between stages.
    var stands = false
  }

  struct Cell: Equatable, Sendable {
    var words: String
    /// A second, smaller line, as an interval.
    var detail: String? = nil
    /// Follows the words in grey or black, as the difference to a baseline.
    var extra: String? = nil
    /// Whether `extra` is within what chance can do, and printed in grey.
    var extraIsWeak = false

    static let empty = Cell(words: "\u{2013}")
  }

  struct Values: Equatable, Sendable {
    var columns: [String]
    var rows: [[Field]]
  }

  /// One value of the tidy form.
  enum Field: Equatable, Sendable {
    case words(String)
    case whole(Int)
    /// A finite number as it was read.
    case number(Double)
    case flag(Bool)
    case none

    /// A number that was computed here, rounded to six decimals; nil is no value.
    static func rounded(_ value: Double?) -> Field { value.map { .number(($0 * 1e6).rounded() / 1e6) } ?? .none }

    /// As it stands in a CSV file; no value is the empty text.
    var text: String {
      switch self {
      case .words(let words): words
      case .whole(let value): String(value)
      case .number(let value): Decimals.exact(value)
      case .flag(let value): String(value)
      case .none: ""
      }
    }
  }
}

extension ReportTable {
  /// The table with caption and notes, in a frame that scrolls sideways on a narrow screen.
  var markup: Markup { isFolded ? "<details><summary>\(caption)</summary>\n\(frame)</details>\n" : frame }

  private var frame: Markup {
    let heads = header.map { head -> Markup in "<th scope=\"col\">\(head.words)\(Self.small(head.detail))</th>" }
    let noteLines = notes.map { note -> Markup in "<p class=\"note\">\(note)</p>" }
    return """
      <h3 class="caption" id="caption-\(name)">\(caption)</h3>
      <div class="scroll" id="table-\(name)" tabindex="0"><table aria-labelledby="caption-\(name)">
      <thead><tr>\(heads.lines())</tr></thead>
      <tbody>
      \(rows.map(Self.markup(of:)).lines())</tbody></table></div>
      \(noteLines.lines())
      """
  }

  /// RFC 4180: comma, quotes where needed, CRLF replaced by a plain line feed.
  var csv: String {
    ([values.columns] + values.rows.map { $0.map(\.text) }).map { row in row.map(Self.quoted).joined(separator: ",") + "\n" }.joined()
  }

  private static func markup(of row: Row) -> Markup {
    let swatch: Markup = row.colour.map { "<span class=\"swatch\" style=\"background:\($0)\"></span>" } ?? ""
    let cells = row.cells.map { cell -> Markup in "<td>\(content(of: cell))</td>" }
    let rowClass: Markup = row.stands ? " class=\"stands\"" : ""
    return "<tr\(rowClass)><th scope=\"row\">\(swatch)\(row.name)\(small(row.detail))</th>\(cells.reduce("", +))</tr>"
  }

  private static func content(of cell: Cell) -> Markup {
    let extraClass: Markup = cell.extraIsWeak ? "weak" : "extra"
    let extra: Markup = cell.extra.map { " <span class=\"\(extraClass)\">\($0)</span>" } ?? ""
    return "\(cell.words)\(extra)\(small(cell.detail))"
  }

  private static func small(_ words: String?) -> Markup { words.map { "<small>\($0)</small>" } ?? "" }

  private static func quoted(_ value: String) -> String {
    guard value.contains(where: { ",\"\n\r".contains($0) }) || value.hasPrefix(" ") || value.hasSuffix(" ") else { return value }
    return "\"" + value.replacing("\"", with: "\"\"") + "\""
  }
}
