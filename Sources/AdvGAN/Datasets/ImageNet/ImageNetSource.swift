import IO
import Jobs

/// ImageNet of the challenge of 2012 (ILSVRC2012, CLS-LOC) as it is published: a tar of 1,000 tars for training, a flat tar of validation
/// images, and their labels apart. Nothing is unpacked; classes that are not wanted are skipped unread.
///
/// ImageNet's validation images become the split `test`: networks are measured on them alone. Classes are numbered in order of their
/// WNIDs, images in rounds over the classes, in byte order of their names.
/// Source: <https://image-net.org/challenges/LSVRC/2012>; the paper, Sec. 4.1, takes classes 151 to 293.
public struct ImageNetSource: DatasetSource {
  public static let name = "imagenet"
  /// Settings: `archive` (`ILSVRC2012_img_train.tar`, or a folder of class tars or class folders; required), `val_archive`
  /// (`ILSVRC2012_img_val.tar` or a folder; none), `val_labels` (see `ValidationLabels`; none).
  public let inputs: [String: ExternalInput]
  private let classes: [Synsets.Synset]
  private let validation: ValidationImages?
  private static let synsets = Synsets.imageNet

  init(_ archive: FilePath, classes selection: ClassSelection, validation: FilePath? = nil, labels: FilePath? = nil) {
    classes = selection.indices.map { Self.synsets.all[$0] }
    self.validation = validation.map { ValidationImages($0, labels: labels, of: Self.synsets) }
    // A class is a tar, or a folder.
    var inputs = ["archive": ExternalInput(archive, parts: classes.flatMap { [$0.wnid, "\($0.wnid).tar"] })]
    if let validation { inputs["val_archive"] = ExternalInput(validation) }
    if let labels { inputs["val_labels"] = ExternalInput(labels) }
    self.inputs = inputs
  }

  /// Also `classes` (`0..<1000`), see `ClassSelection`.
  public init(_ settings: inout SettingsReader) throws {
    let archive = try settings.path(
      "archive", "ILSVRC2012_img_train.tar, or a folder of class tars (n02085620.tar) or of class folders (n02085620/)")
    let classes = try settings.text(
      "classes", default: "0..<\(Self.synsets.all.count)", "classes to take: 151..<294, 151...293, numbers or WNIDs, with commas between them"
    ) { (text) throws(StageError) in
      try ClassSelection(text, of: Self.synsets)
    } spelling: {
      $0.words
    }
    let validation = try settings.optionalPath(
      "val_archive", "ILSVRC2012_img_val.tar, or a folder of what is in it, or of class folders; becomes the split test")
    let labels = try settings.optionalPath(
      "val_labels", "labels of val_archive: ILSVRC2012_devkit_t12.tar.gz or its folder, LOC_val_solution.csv, or a text with a WNID or number a line")
    guard validation != nil || labels == nil else {
      throw settings.error(at: "val_labels", "'val_labels' labels the images of 'val_archive', which is not given")
    }
    self.init(archive, classes: classes, validation: validation, labels: labels)
  }

  /// Never: what classes of it are wanted only a job file can say.
  public init?(path: FilePath, firstMember: String, undivided: Split) { return nil }

  public static func preparation(_ settings: inout SettingsReader) throws -> ImagePreparation { try .centreSquare(&settings) }

  public func scan(_ check: () throws -> Void) throws -> Inventory {
    let folders = try ClassFolders(archive, wanted: classes, of: Self.synsets)
    var entries: [Inventory.Entry] = []
    for (label, synset) in classes.enumerated() {
      try check()
      let names = try folders.names(of: synset.wnid)
      guard !names.isEmpty else {
        throw FileError(
          .damaged, archive, at: "class '\(synset.wnid)'", expected: "images of \(synset.words)", found: "no file at all",
          advice: "fetch the archive again")
      }
      entries += names.map { .init(name: Self.entryName(synset, $0), split: .train, label: label) }
    }
    var complete: Set<Split> = folders.count == Self.synsets.all.count ? [.train] : []
    var hasCertainLabels = false
    if let validation {
      let stock = try validation.scan(classes)
      entries += stock.entries
      hasCertainLabels = stock.hasCertainLabels
      if stock.images == KnownCounts.validation { complete.insert(.test) }
    }
    return try Inventory(
      classes: classes.map(\.className), entries: entries.inRounds(classes: classes.count), complete: complete,
      promised: validation == nil ? [] : [.test], partial: hasCertainLabels ? [.test] : [], of: archive)
  }

  public func read(_ inventory: Inventory, where isWanted: (Int) -> Bool, _ body: (Int, RawImage) throws -> Void) throws {
    let wanted = inventory.entries.indices.reduce(into: Set<Int>()) { labels, place in
      let entry = inventory.entries[place]
      if entry.split == .train, isWanted(place) { labels.insert(entry.label) }
    }
    let folders = try ClassFolders(archive, wanted: classes, of: Self.synsets)
    for (label, synset) in classes.enumerated() where wanted.contains(label) {
      guard let reader = try folders.reader(of: synset.wnid) else { continue }
      while let name = try reader.next() {
        let entry = Self.entryName(synset, name)
        guard let place = inventory.place(of: entry) else { throw changed(at: entry, "a new member") }
        if isWanted(place) { try body(place, .file(reader.bytes(limit: MemberReader.largestImage))) }
      }
    }
    try validation?.read(inventory, where: isWanted, body)
  }

  public func advice(onSplit split: Split, lacking label: Int, of inventory: Inventory) -> String {
    guard split == .test, inputs["val_labels"] != nil else { return "give images of all classes under 'classes', or take fewer" }
    return "do the numbers in 'val_labels' count classes from 1? They must count from 0, in order of the WNIDs; or give the development kit"
  }

  public func path(of entry: Inventory.Entry) -> FilePath { entry.split == .test ? validation?.path ?? archive : archive }

  public func remarks(on plan: SplitPlan, of inventory: Inventory, prepared preparation: ImagePreparation, limit: Int?) -> [String] {
    guard limit == nil else { return [] }
    let known = KnownCounts(classes: classes.map(\.index), minimumSide: preparation.minimumSide)
    return known.remarks(
      on: [.train: plan.count(.train) + plan.count(.validation), .test: plan.count(.test)].filter { inventory.complete.contains($0.key) })
  }

  private static func entryName(_ synset: Synsets.Synset, _ name: String) -> String {
    "\(synset.wnid)/\(name.split(separator: "/").last ?? "")"
  }
}
