import IO

/// ImageNet's development kit of 2012: the validation images' classes as ILSVRC ids, and the table that says which class an id is.
struct DevelopmentKit {
  /// The validation images' ids, a line each.
  static let labels = "ILSVRC2012_validation_ground_truth.txt"
  private static let table = "meta.mat"

  private let path: FilePath
  private let members: [String: [UInt8]]

  /// Whether a file is an archive, as the kit is, be it a damaged one.
  static func isOne(_ path: FilePath) -> Bool { (try? GzipChecksum.isGzip(path)) == true || (try? ArchiveReader(path: path).next()) != nil }

  /// - Throws: `.missing` for an archive or folder without the two files.
  init(_ path: FilePath) throws(FileError) {
    let reader = try MemberReader(path)
    var members: [String: [UInt8]] = [:]
    while let name = try reader.next() {
      let file = name.split(separator: "/").last.map(String.init) ?? ""
      guard file == Self.labels || file == Self.table else { continue }
      guard members.updateValue(try reader.bytes(limit: 1 << 24), forKey: file) == nil else {
        throw FileError(
          .unsupported, path, at: "member '\(name)'", expected: "one development kit", found: "a second file of that name",
          advice: "give ILSVRC2012_devkit_t12.tar.gz, or its folder alone")
      }
    }
    if let absent = [Self.labels, Self.table].first(where: { members[$0] == nil }) {
      throw FileError(
        .missing, path, at: "member '\(absent)'", expected: "the development kit of 2012", found: "no such file in it",
        advice: "give ILSVRC2012_devkit_t12.tar.gz")
    }
    (self.path, self.members) = (path, members)
  }

  /// The classes of the validation images as numbers in the sorted table, in order of the images' numbers.
  /// - Throws: `.damaged` where the kit's classes are not the thousand of 2012.
  func indices(in synsets: Synsets) throws(FileError) -> [Int] {
    let classes = try classes(synsets)
    var indices: [Int] = []
    let lines = String(decoding: members[Self.labels] ?? [], as: UTF8.self).drop { $0 == "\u{FEFF}" }.split(whereSeparator: \.isNewline)
    for (number, line) in lines.enumerated() {
      guard let index = Int(line.filter { !$0.isWhitespace }).flatMap({ classes[$0] }) else {
        throw damage(
          at: "member '\(Self.labels)', line \(number + 1)", expected: "an id in 1...\(synsets.all.count)",
          found: String(reflecting: String(line.prefix(40))))
      }
      indices.append(index)
    }
    return indices
  }

  /// By ILSVRC id. The table also has ids above the thousand, of groups of classes.
  private func classes(_ synsets: Synsets) throws(FileError) -> [Int: Int] {
    var classes: [Int: Int] = [:]
    for entry in try MatFile.structures(named: "synsets", in: members[Self.table] ?? [], from: path) {
      guard case .numbers(let numbers)? = entry["ILSVRC2012_ID"], let id = numbers.first.flatMap({ Int(exactly: $0) }),
        case .text(let wnid)? = entry["WNID"]
      else { throw damage(at: "member '\(Self.table)'", expected: "ILSVRC2012_ID and WNID of every class", found: "an entry without") }
      guard (1...synsets.all.count).contains(id) else { continue }
      guard let index = synsets.index(of: wnid), classes.updateValue(index, forKey: id) == nil else {
        throw damage(at: "member '\(Self.table)', id \(id)", expected: "one of the classes of 2012, once", found: "'\(wnid)'")
      }
    }
    guard Set(classes.values).count == synsets.all.count else {
      throw damage(at: "member '\(Self.table)'", expected: "\(synsets.all.count) classes, each once", found: "\(Set(classes.values).count)")
    }
    return classes
  }

  private func damage(at place: String, expected: String, found: String) -> FileError {
    FileError(.damaged, path, at: place, expected: expected, found: found, advice: "give ILSVRC2012_devkit_t12.tar.gz as it is published")
  }
}
