import IO

/// Where the training images of each class lie: in the official tar of tars, in a folder of its inner tars, or in a folder of class folders.
struct ClassFolders {
  /// The images of one class.
  enum Place {
    /// An inner tar of the official one.
    case section(FileSection, name: String)
    case tar(FilePath)
    case folder(FilePath)
  }

  let path: FilePath
  /// By WNID, the wanted ones alone.
  let places: [String: Place]
  /// How many classes there are, wanted or not.
  let count: Int

  /// Looks up the wanted classes; of the others it reads no more than where they are.
  /// - Throws: `.missing` where one is not there.
  init(_ path: FilePath, wanted: [Synsets.Synset], of synsets: Synsets) throws {
    self.path = path
    let isFolder = try LocalDisk().status(path)?.kind == .folder
    let found = try isFolder ? ClassFolders.folder(path) : ClassFolders.tar(path)
    let known = found.filter { synsets.index(of: $0.key) != nil }
    count = known.count
    let names = Set(wanted.map(\.wnid))
    places = known.filter { names.contains($0.key) }
    guard let absent = wanted.first(where: { places[$0.wnid] == nil }) else { return }
    throw FileError(
      .missing, path, at: isFolder ? "folder '\(absent.wnid)'" : "member '\(absent.wnid).tar'",
      expected: "the images of class \(absent.index), \(absent.words)", found: "\(places.count) of the \(wanted.count) wanted classes",
      advice: "give ILSVRC2012_img_train.tar, or a folder of what is in it; or fetch it again")
  }

  /// The names of a class's images, sorted, after a look whether the tar is whole.
  func names(of wnid: String) throws(FileError) -> [String] {
    let names =
      switch places[wnid] {
      case .section(let section, let name): MemberReader.names(in: try TarSections(section, named: name))
      case .tar(let path), .folder(let path): try MemberReader.names(in: path)
      case nil: [String]()
      }
    return names.sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }
  }

  /// The files of a class one after the other; nil for a class that is not wanted.
  func reader(of wnid: String) throws(FileError) -> MemberReader? {
    switch places[wnid] {
    case .section(let section, let name): try MemberReader(section, named: name)
    case .tar(let path), .folder(let path): try MemberReader(path)
    case nil: nil
    }
  }

  private static func tar(_ path: FilePath) throws(FileError) -> [String: Place] {
    var found: [String: Place] = [:]
    for (name, section) in try TarSections(path).members {
      guard let wnid = wnid(name) else { continue }
      guard found.updateValue(.section(section, name: name), forKey: wnid) == nil else {
        throw FileError(
          .damaged, path, at: "member '\(name)'", expected: "each class once", found: "it twice", advice: "fetch the archive again")
      }
    }
    return found
  }

  private static func folder(_ path: FilePath) throws(FileError) -> [String: Place] {
    let disk = LocalDisk()
    var found: [String: Place] = [:]
    for name in try disk.list(path) {
      let entry = path.appending(name)
      switch try disk.status(entry)?.kind {
      case .folder: found[name] = .folder(entry)
      case .file: if let wnid = wnid(name), found[wnid] == nil { found[wnid] = .tar(entry) }
      case .other, nil: continue
      }
    }
    return found
  }

  /// `n02085620` of `n02085620.tar`; nil for another name, also for one in a folder, which the stage's external input would not cover.
  private static func wnid(_ name: String) -> String? { name.hasSuffix(".tar") && !name.contains("/") ? String(name.dropLast(4)) : nil }
}
