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
