import IO

/// The pictures of one split in a data set's tar. In memory are their labels and a byte a picture; each is read (no memory map: a file cut
/// short under one kills the program) and decoded whenever it is asked for. Any number of threads may ask at once.
struct StoredPictures: Sendable {
  let split: Split
  /// The size of the first picture, which all must have, in pixels.
  let width: Int, height: Int
  /// (N), indices of classes, from 0.
  let labels: [Int]
  /// Of each picture the place of its suffix in `DatasetFormat.pictureSuffixes`.
  private let kinds: [UInt8]
  private let members: DatasetMembers

  /// Lists the pictures, reads all labels and the first picture; nil for a split without pictures.
  /// - Throws: `.missing` for a number without picture or label, `.damaged` for two pictures of one number, for a label that is no class,
  ///   for other counts than `classes.json` has, and for a first picture that is none.
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
    let first = try Self.picture(DatasetFormat.pictureMember(split, 0, DatasetFormat.pictureSuffixes[Int(kinds[0])]), members)
    (self.split, self.members, self.kinds, self.labels) = (split, members, kinds, labels)
    (width, height) = (first.width, first.height)
  }

  /// Bytes that all pictures take when they are decoded.
  var decodedSize: Int { labels.count * width * height * 3 }

  /// The picture of a number, in 0..<N.
  /// - Throws: `.damaged` for a member whose digest is another or that is no whole picture, `.unsupported` for one of another size, `.io`.
  func picture(_ number: Int) throws(FileError) -> Picture {
    let name = DatasetFormat.pictureMember(split, number, DatasetFormat.pictureSuffixes[Int(kinds[number])])
    let picture = try Self.picture(name, members)
    guard picture.width == width, picture.height == height else {
      throw FileError(
        .unsupported, members.path, at: "member '\(name)'", expected: "\(width)x\(height) pixels, like the first picture",
        found: "\(picture.width)x\(picture.height)", advice: "scale all pictures to one size first")
    }
    return picture
  }

  /// The same pictures in memory.
  func decoded() throws(FileError) -> PictureSet {
    var pixels: [UInt8] = []
    pixels.reserveCapacity(decodedSize)
    for number in labels.indices { pixels += try picture(number).rgb }
    return PictureSet(height: height, width: width, pixels: pixels, labels: labels)
  }

  private static func picture(_ name: String, _ members: DatasetMembers) throws(FileError) -> Picture {
    try PictureFile.decode(try members.bytes(name), member: name, of: members.path)
  }

  private static func kind(_ split: Split, _ number: Int, _ members: DatasetMembers) throws(FileError) -> UInt8 {
    let names = DatasetFormat.pictureSuffixes.map { DatasetFormat.pictureMember(split, number, $0) }
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
      .damaged, path, at: "split '\(split.rawValue)'", expected: "the pictures that \(DatasetFormat.classesMember) counts",
      found: "\(labels.count), of other classes or numbers", advice: "make the artifact again")
  }
}

extension StoredPictures: Equatable {
  /// Whether both are of one tar, of the same split and kinds.
  static func == (one: StoredPictures, other: StoredPictures) -> Bool {
    one.members.path == other.members.path && one.split == other.split && one.kinds == other.kinds && one.labels == other.labels
  }
}
