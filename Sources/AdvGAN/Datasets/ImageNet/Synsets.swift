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
