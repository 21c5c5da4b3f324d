import IO

extension MemberReader {
  /// The names of the files in a folder, or in a plain tar, whose end must be there; in their own order, without hidden ones.
  /// - Throws: as `MemberReader` and `TarSections`.
  static func names(in path: FilePath) throws(FileError) -> [String] {
    guard try LocalDisk().status(path)?.kind == .folder else { return names(in: try TarSections(path)) }
    let reader = try MemberReader(path)
    var names: [String] = []
    while let name = try reader.next() { names.append(name) }
    return names
  }

  /// The same of a tar that was looked through.
  static func names(in tar: TarSections) -> [String] { tar.members.map(\.name).filter { !isHidden($0) } }
}
