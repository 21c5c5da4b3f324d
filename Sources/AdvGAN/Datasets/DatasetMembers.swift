import IO
import Jobs

/// The members of a data set's tar, however they are reached. Any number of threads may read at once.
struct DatasetMembers: Sendable {
  let path: FilePath
  /// How many members lie in the folder of each split.
  let counts: [Split: Int]
  let has: @Sendable (String) -> Bool
  /// Throws `.missing` where there is no such member.
  let bytes: @Sendable (String) throws(FileError) -> [UInt8]

  /// Members are compared with their digests.
  init(_ artifact: Artifact) {
    path = artifact.path
    counts = Self.counts(artifact.manifest.members.lazy.map(\.name))
    has = { artifact.has($0) }
    bytes = { name throws(FileError) in try artifact.bytes(of: name) }
  }

  /// A tar without a manifest, so without digests.
  init(_ tar: TarIndex) {
    path = tar.path
    counts = Self.counts(tar.entries.lazy.map(\.name))
    has = { tar[$0] != nil }
    bytes = { name throws(FileError) in try tar.bytes(of: name) }
  }

  func classes() throws(FileError) -> ClassList {
    try ClassList(try bytes(DatasetFormat.classesMember), from: path)
  }

  private static func counts(_ names: some Sequence<String>) -> [Split: Int] {
    names.reduce(into: [:]) { counts, name in
      guard let slash = name.utf8.firstIndex(of: UInt8(ascii: "/")), let split = Split(rawValue: String(name[..<slash])) else { return }
      counts[split, default: 0] += 1
    }
  }
}
