import IO

/// The files of an archive, or of a folder as if it were one, one after the other. Hidden files are skipped, as `FolderFiles` tells them.
///
/// A folder's files come in byte order of their names, an archive's in its own order.
final class MemberReader {
  private enum Supply {
    case archive(ArchiveReader)
    case folder(rest: ArraySlice<String>)
  }

  /// More bytes than any image of a data set has.
  static let largestImage = 1 << 26

  /// The archive or folder.
  let path: FilePath
  private var supply: Supply
  private var current: String?

  /// Opens an archive or lists a folder.
  /// - Throws: `.missing`, `.permission`; `.damaged` for a file that is no archive.
  init(_ path: FilePath) throws(FileError) {
    self.path = path
    let disk = LocalDisk()
    if try disk.status(path)?.kind == .folder {
      supply = .folder(rest: try FolderFiles.names(below: path, on: disk)[...])
    } else {
      supply = .archive(try ArchiveReader(path: path))
    }
  }

  /// Reads a tar that is a section of a file; see `ArchiveReader`.
  init(_ section: FileSection, named name: String) throws(FileError) {
    path = section.path
    supply = .archive(try ArchiveReader(section: section, name: name))
  }

  /// The next file's name, relative to the archive or folder; nil at the end.
  func next() throws(FileError) -> String? {
    current = try step()
    return current
  }

  /// The current file's content; to be called once.
  /// - Throws: `.unsafe` for more than `limit` bytes; `.damaged`.
  func bytes(limit: Int) throws(FileError) -> [UInt8] {
    guard let current else { preconditionFailure("MemberReader.bytes: there is no current file") }
    switch supply {
    case .archive(let reader): return try reader.readAll(limit: limit)
    case .folder:
      let file = path.pushing(FilePath(current))
      let size = try LocalDisk().status(file)?.size ?? 0
      guard size <= limit else {
        throw FileError(.unsafe, file, expected: "at most \(limit) bytes", found: "\(size)", advice: "take it out of the folder")
      }
      return try LocalDisk().read(file)
    }
  }

  private func step() throws(FileError) -> String? {
    switch supply {
    case .archive(let reader):
      while let member = try reader.next() {
        if member.kind == .file && !FolderFiles.isHidden(member.name) { return member.name }
      }
      return nil
    case .folder(var rest):
      let name = rest.popFirst()
      supply = .folder(rest: rest)
      return name
    }
  }
}

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
  static func names(in tar: TarSections) -> [String] { tar.members.map(\.name).filter { !FolderFiles.isHidden($0) } }
}

extension ImageFile {
  /// Decodes a member of an archive, with messages that name it.
  /// - Parameters:
  ///   - name: the member's name.
  ///   - path: the archive or folder.
  static func decode(_ bytes: [UInt8], member name: String, of path: FilePath) throws(FileError) -> Image {
    try naming(name, of: path) { () throws(FileError) in try decode(bytes, from: path) }
  }

  /// Lets errors about an image name the member that it is.
  static func naming<Result>(_ name: String, of path: FilePath, _ body: () throws(FileError) -> Result) throws(FileError) -> Result {
    do throws(FileError) {
      return try body()
    } catch {
      throw FileError(error.kind, path, at: "member '\(name)'", expected: error.expected, found: error.found, advice: error.advice)
    }
  }
}
