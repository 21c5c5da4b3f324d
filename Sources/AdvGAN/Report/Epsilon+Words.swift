/// Perturbation sizes as the report writes them.
extension Epsilon {
  /// A size as it stands in a file, on the [0, 1] pixel scale, rounded to a thousandth of 1/255: so 8/255 read from two files is one and the
  /// same size.
  static func reported(_ epsilon: Double) -> Epsilon {
    Epsilon(onUnitScale: (epsilon * 255_000).rounded() / 1000 / 255)
  }

  /// 8/255, the size that the literature compares at.
  static let usual = Epsilon.reported(8.0 / 255)

  /// In units of 1/255, one step of an 8-bit colour value.
  var per255: Double { (onUnitScale * 255_000).rounded() / 1000 }

  var isClean: Bool { onUnitScale == 0 }

  /// `clean`, `8/255` or `2.55/255`.
  var words: String { isClean ? "clean" : "\(Decimals.short(per255, digits: 6))/255" }

  /// On the paper's scale: `0`, `0.0627`.
  var paperWords: String { isClean ? "0" : Decimals.plain(onPaperScale, 4) }

  /// The columns `epsilon_255` and `epsilon_paper_scale` of a tidy table.
  var fields: [ReportTable.Field] { [.rounded(per255), .rounded(onPaperScale)] }
}
