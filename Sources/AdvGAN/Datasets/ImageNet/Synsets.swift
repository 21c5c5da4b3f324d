import IO

/// The 1,000 classes of ImageNet's challenge of 2012, in order of their WNIDs, as everybody numbers them from 0: 151 is the Chihuahua.
///
/// The table is `synsets.txt`, compiled into the program. ILSVRC's own ids, by which the development kit labels the validation images, are
/// another order; they come from the kit.
struct Synsets: Sendable {
  struct Synset: Equatable, Sendable {
    /// The number in the sorted table.
    let index: Int
    /// WordNet's name: `n02085620`.
    let wnid: String
    /// In English; two classes share "crane", two "maillot".
    let words: String

    /// As a class of a data set: `n02085620 Chihuahua`.
    var className: String { "\(wnid) \(words)" }
  }

  static let imageNet = Synsets(String(decoding: PackageResources.synsets_txt, as: UTF8.self))

  let all: [Synset]
  private let indices: [String: Int]

  /// - Parameter table: a line each, the WNID and the words.
  init(_ table: String) {
    all = table.split(separator: "\n").enumerated().map { index, line in
      let parts = line.split(separator: " ", maxSplits: 1)
      return Synset(index: index, wnid: String(parts[0]), words: parts.count > 1 ? String(parts[1]) : "")
    }
    indices = Dictionary(uniqueKeysWithValues: all.map { ($0.wnid, $0.index) })
  }

  /// The number of a class; nil for a WNID that is none of the 1,000.
  func index(of wnid: some StringProtocol) -> Int? { indices[String(wnid)] }
}

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
