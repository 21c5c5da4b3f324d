import IO
import Jobs

/// ImageNet's validation images: the flat tar or folder with labels apart, or class folders.
struct ValidationImages: Sendable {
  let path: FilePath
  private let labels: FilePath?
  private let synsets: Synsets

  init(_ path: FilePath, labels: FilePath?, of synsets: Synsets) { (self.path, self.labels, self.synsets) = (path, labels, synsets) }

  /// The images of some classes, how many images of all classes there are, and whether their labels cannot be off by one: they name WNIDs.
  /// - Throws: `FileError` where names or labels do not fit each other.
  func scan(_ classes: [Synsets.Synset]) throws -> (entries: [Inventory.Entry], images: Int, hasCertainLabels: Bool) {
    let names = try names()
    let (indices, isCertain) = try indices(of: names)
    let places = Dictionary(uniqueKeysWithValues: classes.enumerated().map { ($1.index, $0) })
    let entries = zip(names, indices).compactMap { name, index in
      places[index].map { Inventory.Entry(name: Self.entryName(name), split: .test, label: $0) }
    }
    return (entries, names.count, isCertain)
  }

  /// Streams the wanted images.
  func read(_ inventory: Inventory, where isWanted: (Int) -> Bool, _ body: (Int, RawImage) throws -> Void) throws {
    let reader = try MemberReader(path)
    while let name = try reader.next() {
      guard let place = inventory.place(of: Self.entryName(name)), isWanted(place) else { continue }
      try body(place, .file(reader.bytes(limit: MemberReader.largestImage)))
    }
  }

  /// Sorted, after a look whether a tar is whole.
  private func names() throws(FileError) -> [String] {
    let names = try MemberReader.names(in: path)
    guard !names.isEmpty else {
      throw FileError(.damaged, path, expected: "validation images", found: "no file at all", advice: "give ILSVRC2012_img_val.tar")
    }
    // By file name alone, so that class folders and a flat tar give one order.
    return names.sorted { Self.entryName($0).utf8.lexicographicallyPrecedes(Self.entryName($1).utf8) }
  }

  /// The class of each image, as a number in the sorted table.
  private func indices(of names: [String]) throws -> (indices: [Int], isCertain: Bool) {
    if let labels {
      let labels = try ValidationLabels(labels, of: synsets)
      return (try labels.indices(of: names, in: path), !labels.areNumbers)
    }
    let indices = try names.map { (name) throws(FileError) in
      let folders = name.split(separator: "/").dropLast()
      if let index = folders.last.flatMap(synsets.index(of:)) { return index }
      throw FileError(
        .missing, path, at: "member '\(name)'", expected: "class folders, or labels apart", found: "neither",
        advice: "set 'val_labels' to ILSVRC2012_devkit_t12.tar.gz")
    }
    return (indices, true)
  }

  private static func entryName(_ name: String) -> String { "val/\(name.split(separator: "/").last ?? "")" }
}
