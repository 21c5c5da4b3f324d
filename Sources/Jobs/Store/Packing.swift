import IO

/// What becomes of a staging folder and of members of saved pieces: the members of an artifact, in byte order of their names.
struct Packing {
  private let items: [Item]

  private struct Item {
    let name: String
    let source: Source
  }

  private enum Source {
    /// A file, and its size in bytes.
    case file(FilePath, Int)
    case piece(PieceMembers.Reference)
  }

  /// Looks at the names and sizes, and reads nothing.
  /// - Throws: ``FileError``, also `.unsupported` for a name that comes twice, or the manifest's own.
  init(_ folder: FilePath, _ pieces: PieceMembers, on disk: any Disk) throws(FileError) {
    var items: [Item] = []
    for name in try ArtifactWriter.names(below: folder, on: disk) {
      let file = folder.appending(name)
      guard let size = try disk.status(file)?.size else {
        throw FileError(.missing, file, found: "that it vanished while it was being packed", advice: "let nothing else write there")
      }
      items.append(Item(name: name, source: .file(file, size)))
    }
    items += pieces.all.map { Item(name: $0.member.name, source: .piece($0)) }
    items.sort { $0.name.utf8.lexicographicallyPrecedes($1.name.utf8) }
    for (item, next) in zip(items, items.dropFirst()) where item.name == next.name { throw PieceMembers.twice(item.name, folder) }
    if items.contains(where: { $0.name == Manifest.memberName }) {
      throw FileError(
        .unsupported, folder.appending(Manifest.memberName), found: "the name of the manifest", advice: "let the stage choose another name")
    }
    self.items = items
  }

  /// How many bytes are going to be read: files twice, for their digests and for the tar.
  var work: Int {
    items.reduce(0) { sum, item in
      switch item.source {
      case .file(_, let size): sum + 2 * size
      case .piece(let reference): sum + reference.member.size
      }
    }
  }

  /// The members with their digests. Files are read; of a piece, its head says.
  func members(_ progress: inout PackingProgress) throws -> [Manifest.Member] {
    var members: [Manifest.Member] = []
    for item in items {
      switch item.source {
      case .piece(let reference): members.append(reference.member)
      case .file(let file, let size):
        var before = 0
        let digest = try SHA256.digest(ofFile: file) { done, _ in
          try progress.add(done - before)
          before = done
        }
        members.append(Manifest.Member(name: item.name, size: size, sha256: digest))
      }
    }
    return members
  }

  /// Adds the members to a tar.
  func write(to tar: TarWriter, _ progress: inout PackingProgress) throws {
    for item in items {
      switch item.source {
      case .file(let file, _): try tar.add(item.name, contentsOf: file) { try progress.add($0) }
      case .piece(let reference):
        try tar.add(item.name, reference.bytes())
        try progress.add(reference.member.size)
      }
    }
  }
}

/// Adds up what was read while an artifact is packed, and tells of it after every MiB: what is smaller is packed before it could be left.
struct PackingProgress {
  private let total: Int
  private let tell: (_ done: Int, _ total: Int) throws -> Void
  private var done = 0
  private var told = 0

  private static let interval = 1 << 20

  /// - Parameter tell: what it throws ends the packing.
  init(of total: Int, _ tell: @escaping (_ done: Int, _ total: Int) throws -> Void) { (self.total, self.tell) = (total, tell) }

  mutating func add(_ count: Int) throws {
    done += count
    guard done - told >= PackingProgress.interval else { return }
    told = done
    try tell(done, total)
  }
}
