import IO

/// The images of one split in a data set's tar. In memory are their labels and a byte an image; each is read (no memory map: a file cut
/// short under one kills the program) and decoded whenever it is asked for. Any number of threads may ask at once.
struct StoredImages: Sendable {
  let split: Split
  /// The size of the first image, which all must have, in pixels.
  let width: Int, height: Int
  /// (N), indices of classes, from 0.
  let labels: [Int]
  /// Of each image the place of its suffix in `DatasetFormat.imageSuffixes`.
  private let kinds: [UInt8]
  private let members: DatasetMembers

  /// Lists the images, reads all labels and the first image; nil for a split without images.
  /// - Throws: `.missing` for a number without image or label, `.damaged` for two images of one number, for a label that is no class,
  ///   for other counts than `classes.json` has, and for a first image that is none.
  init?(_ split: Split, _ classes: ClassList, in members: DatasetMembers) throws(FileError) {
    // Of an odd number, the last name looked for below does not exist, and is named.
    let count = (members.counts[split, default: 0] + 1) / 2
    var kinds: [UInt8] = []
    var labels: [Int] = []
    for number in 0..<count {
      kinds.append(try Self.kind(split, number, members))
      labels.append(try Self.label(split, number, classes, members))
    }
    try Self.compare(labels, split, classes, members.path)
    guard count > 0 else { return nil }
    let first = try Self.image(DatasetFormat.imageMember(split, 0, DatasetFormat.imageSuffixes[Int(kinds[0])]), members)
    (self.split, self.members, self.kinds, self.labels) = (split, members, kinds, labels)
    (width, height) = (first.width, first.height)
  }

  /// Bytes that all images take when they are decoded.
  var decodedSize: Int { labels.count * width * height * 3 }

  /// The image of a number, in 0..<N.
  /// - Throws: `.damaged` for a member whose digest is another or that is no whole image, `.unsupported` for one of another size, `.io`.
  func image(_ number: Int) throws(FileError) -> Image {
    let name = DatasetFormat.imageMember(split, number, DatasetFormat.imageSuffixes[Int(kinds[number])])
    let image = try Self.image(name, members)
    guard image.width == width, image.height == height else {
      throw FileError(
        .unsupported, members.path, at: "member '\(name)'", expected: "\(width)x\(height) pixels, like the first image",
        found: "\(image.width)x\(image.height)", advice: "scale all images to one size first")
    }
    return image
  }

  /// The same images in memory.
  func decoded() throws(FileError) -> ImageSet {
    var pixels: [UInt8] = []
    pixels.reserveCapacity(decodedSize)
    for number in labels.indices { pixels += try image(number).rgb }
    return ImageSet(height: height, width: width, pixels: pixels, labels: labels)
  }

  private static func image(_ name: String, _ members: DatasetMembers) throws(FileError) -> Image {
    try ImageFile.decode(try members.bytes(name), member: name, of: members.path)
  }

  private static func kind(_ split: Split, _ number: Int, _ members: DatasetMembers) throws(FileError) -> UInt8 {
    let names = DatasetFormat.imageSuffixes.map { DatasetFormat.imageMember(split, number, $0) }
    let found = names.indices.filter { members.has(names[$0]) }
    guard let kind = found.first, found.count == 1 else {
      throw FileError(
        found.isEmpty ? .missing : .damaged, members.path, at: "member '\(names[0])'",
        expected: "one of \(names.map { "'\($0)'" }.joined(separator: " and "))", found: found.isEmpty ? "neither" : "both",
        advice: "make the artifact again")
    }
    return UInt8(kind)
  }

  private static func label(_ split: Split, _ number: Int, _ classes: ClassList, _ members: DatasetMembers) throws(FileError) -> Int {
    let name = DatasetFormat.labelMember(split, number)
    let text = String(decoding: try members.bytes(name), as: UTF8.self)
    guard let label = Int(text), classes.names.indices.contains(label) else {
      throw FileError(
        .damaged, members.path, at: "member '\(name)'", expected: "a label in 0..<\(classes.names.count)", found: "'\(text.prefix(20))'",
        advice: "make the artifact again")
    }
    return label
  }

  /// - Throws: `.damaged` where `classes.json` counts others.
  private static func compare(_ labels: [Int], _ split: Split, _ classes: ClassList, _ path: FilePath) throws(FileError) {
    guard let counts = classes.counts else { return }
    let found = labels.reduce(into: [Int](repeating: 0, count: classes.names.count)) { $0[$1] += 1 }
    guard counts[split] ?? [Int](repeating: 0, count: found.count) != found else { return }
    throw FileError(
      .damaged, path, at: "split '\(split.rawValue)'", expected: "the images that \(DatasetFormat.classesMember) counts",
      found: "\(labels.count), of other classes or numbers", advice: "make the artifact again")
  }
}

extension StoredImages: Equatable {
  /// Whether both are of one tar, of the same split and kinds.
  static func == (one: StoredImages, other: StoredImages) -> Bool {
    one.members.path == other.members.path && one.split == other.split && one.kinds == other.kinds && one.labels == other.labels
  }
}
