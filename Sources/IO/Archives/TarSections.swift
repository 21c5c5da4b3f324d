import SystemPackage

/// The files in a plain tar of any origin, as stretches of it: contents are skipped, not read.
///
/// For tars too large to be read through for one member, such as those of ImageNet. Our own tars have `TarIndex`, which is stricter.
public struct TarSections {
  private static let mostMembers = 1 << 22

  /// In the order of the tar. A name may come twice.
  public let members: [(name: String, section: FileSection)]

  /// - Throws: `.missing`, `.permission`; `.unsupported` for an archive that is no plain tar, `.damaged` for one that is cut short: the block
  ///   of zeros behind the last member is asked for, since a tar cut off between two members looks whole otherwise.
  public init(_ path: FilePath) throws(FileError) {
    let file = try InputFile(path)
    try self.init(ArchiveReader(path: path), in: FileSection(file, offset: 0, size: file.size), named: nil)
  }

  /// The files in a tar that is a section of a file itself.
  /// - Parameter name: what the section is called in messages.
  public init(_ section: FileSection, named name: String) throws(FileError) {
    try self.init(ArchiveReader(section: section, name: name), in: section, named: name)
  }

  private init(_ reader: ArchiveReader, in whole: FileSection, named name: String?) throws(FileError) {
    var members: [(name: String, section: FileSection)] = []
    // Behind the last member and what fills its block.
    var end = 0
    while let member = try reader.next() {
      guard let offset = member.dataOffset, let size = member.size else {
        throw FileError(
          .unsupported, whole.path, at: name.map { "member '\($0)'" }, expected: "a plain tar, not compressed", found: "another archive",
          advice: "unpack it, or give the original")
      }
      guard offset <= whole.size, size <= whole.size - offset else { throw TarSections.cut(whole, name, member.name) }
      end = offset + size + TarHeader.padding(behind: size)
      guard member.kind == .file else { continue }
      guard members.count < TarSections.mostMembers else {
        throw FileError(
          .unsafe, whole.path, expected: "at most \(TarSections.mostMembers) files", found: "more",
          advice: "check where the archive comes from")
      }
      members.append((member.name, try FileSection(whole.file, offset: whole.offset + offset, size: size)))
    }
    guard whole.size - end >= TarHeader.blockSize, try whole.bytes(at: end, count: TarHeader.blockSize).allSatisfy({ $0 == 0 }) else {
      throw TarSections.cut(whole, name, members.last?.name ?? "")
    }
    self.members = members
  }

  private static func cut(_ whole: FileSection, _ name: String?, _ last: String) -> FileError {
    FileError(
      .damaged, whole.path, at: name.map { "member '\($0)'" }, expected: "a whole tar, which ends with zeros",
      found: "its end in or behind '\(last)'", advice: "it was cut short: fetch it again")
  }
}
