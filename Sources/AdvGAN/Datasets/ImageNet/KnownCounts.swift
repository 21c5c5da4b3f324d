/// How many images a choice of classes gives out of the complete archives, where that is known.
struct KnownCounts: Equatable {
  /// Images in the complete validation archive, 50 of each class.
  static let validation = 50_000

  let counts: [Split: Int]

  /// - Parameters:
  ///   - classes: numbers in the sorted table.
  ///   - minimumSide: training images with a shorter side are skipped, in pixels.
  init(classes: [Int], minimumSide: Int) {
    var counts: [Split: Int] = [.test: 50 * classes.count]
    if classes == Array(151..<294), minimumSide == 256 { counts[.train] = 180_373 }
    if classes == Array(0..<1000), minimumSide == 0 { counts[.train] = 1_281_167 }
    self.counts = counts
  }

  /// A sentence for each split that has another number of images.
  func remarks(on found: [Split: Int]) -> [String] {
    found.sorted { $0.key < $1.key }.compactMap { split, count in
      guard let known = counts[split], known != count else { return nil }
      let source = split == .train ? "ILSVRC2012_img_train.tar" : "ILSVRC2012_img_val.tar"
      return "\(count) images came out of \(source), where the complete archive gives \(known): has it changed, or were some broken?"
    }
  }
}
