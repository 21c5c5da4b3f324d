/// The size of a perturbation in the L-infinity norm: the largest change of one colour value of one pixel.
struct AttackStrength: Hashable, Comparable, Sendable {
  /// In millionths of the [0, 1] pixel scale, so that 8/255 read from two files is one and the same strength.
  private let millionths: Int

  /// - Parameter epsilon: on the [0, 1] pixel scale, finite and in [0, 1].
  init(epsilon: Double) {
    precondition((0...1).contains(epsilon), "AttackStrength: epsilon \(epsilon) is outside [0, 1]")
    millionths = Int((epsilon * 1e6).rounded())
  }

  /// In units of 1/255, one step of an 8-bit colour value.
  var per255: Double {
    let exact = Double(millionths) / 1e6 * 255
    return abs(exact - exact.rounded()) < 2e-4 ? exact.rounded() : exact
  }

  /// On the paper's pixel scale [-1, 1], twice the [0, 1] value.
  var paper: Double { per255 * 2 / 255 }

  var isClean: Bool { millionths == 0 }

  /// `clean`, `8/255` or `2.55/255`.
  var words: String { isClean ? "clean" : "\(number)/255" }

  /// `0`, `8`, `2.55`: the number of 255ths.
  var number: String { per255 == per255.rounded() ? String(Int(per255)) : Decimals.plain(per255, 2) }

  /// The same on the paper's scale: `0`, `0.0627`.
  var paperWords: String { isClean ? "0" : Decimals.plain(paper, 4) }

  static func < (left: AttackStrength, right: AttackStrength) -> Bool { left.millionths < right.millionths }

  /// 8/255, the strength that the literature compares at.
  static let usual = AttackStrength(epsilon: 8.0 / 255)
}
