import CArchive
import SystemPackage

/// One member of an archive, as its header tells.
public struct ArchiveMember: Equatable, Sendable {
  public enum Kind: Sendable { case file, folder }
  /// Relative, without "." and ".." components, parts joined by "/".
  public let name: String
  public let kind: Kind
  /// In bytes; `nil` where the format tells it only behind the content.
  public let size: Int?
  /// Where the content begins in the archive file, or in the section of a file that is read, in bytes; only for a plain uncompressed tar,
  /// else `nil`.
  public let dataOffset: Int?
}

extension ArchiveMember {
  /// Takes libarchive's entry, or refuses it.
  /// - Parameters:
  ///   - number: counted from 1, names a member that has no name.
  ///   - prefix: what stands before the name in messages.
  init(_ entry: OpaquePointer, of handle: ArchiveHandle, number: Int, prefix: String, path: FilePath) throws(FileError) {
    func refusal(
      _ kind: FileError.Kind, _ place: String, _ expected: String, _ found: String, _ advice: String = "check where the archive comes from"
    ) -> FileError { FileError(kind, path, at: place, expected: expected, found: found, advice: advice) }
    guard let raw = handle.name(of: entry) else {
      let bytes = archive_entry_pathname(entry).map { String(cString: $0) } ?? ""
      throw refusal(
        .unsupported, "member \(number)", "a name in UTF-8", "other bytes in \(String(reflecting: bytes))",
        "rename its files to UTF-8, for instance with convmv, and make the archive again")
    }
    guard let name = MemberName.safe(raw) else {
      throw refusal(.unsafe, "member \(number)", "a plain name that stays in its folder", String(reflecting: raw))
    }
    let place = "member '\(prefix)\(name)'"
    if let target = archive_entry_hardlink(entry).map({ String(cString: $0) }) {
      throw refusal(
        .unsupported, place, "a file or a folder", "a hard link to \(String(reflecting: target))",
        "make the archive again with tar --hard-dereference")
    }
    if let target = archive_entry_symlink(entry).map({ String(cString: $0) }) {
      throw refusal(
        .unsupported, place, "a file or a folder", "a symbolic link to \(String(reflecting: target))",
        "make the archive again with tar --dereference")
    }
    guard let kind = ArchiveMember.kind(of: entry) else { throw refusal(.unsupported, place, "a file or a folder", "a device or a pipe") }
    guard name != "." || kind == .folder else { throw refusal(.unsafe, place, "the name of a file", "'.'") }
    guard archive_entry_is_encrypted(entry) == 0 else { throw refusal(.unsupported, place, "readable content", "encryption") }
    guard archive_entry_sparse_count(entry) == 0 else {
      throw refusal(.unsupported, place, "a file without holes", "a sparse one", "make the archive again without tar's --sparse")
    }
    let size = archive_entry_size_is_set(entry) != 0 ? Int(archive_entry_size(entry)) : nil
    if let size, size < 0 { throw refusal(.unsafe, place, "a size of 0 bytes or more", "\(size)") }
    self.init(name: name, kind: kind, size: size, dataOffset: handle.dataOffset(of: entry))
  }

  /// The file types are macros with a cast, which Swift does not see: `AE_IFREG` is 0o100000, `AE_IFDIR` 0o040000.
  private static func kind(of entry: OpaquePointer) -> Kind? {
    switch archive_entry_filetype(entry) {
    case 0o100000: .file
    case 0o040000: .folder
    default: nil
    }
  }
}

/// Names of archive members that stay inside the folder they are meant for.
enum MemberName {
  /// The name without "." components and trailing slashes; "." for the archive's own top folder, as `tar c .` writes it.
  /// `nil` when it is empty, absolute, leaves its folder by "..", or holds control characters (a terminal would obey them).
  static func safe(_ name: String) -> String? {
    let plain = name.unicodeScalars.allSatisfy { $0.value >= 0x20 && !(0x7F..<0xA0).contains($0.value) }
    guard plain, let first = name.utf8.first, first != UInt8(ascii: "/") else { return nil }
    // By scalars, as the file system sees them: an accent behind a slash makes another `Character` of it.
    let components = name.unicodeScalars.split(separator: "/").map { String($0) }.filter { $0 != "." }
    if components.contains("..") { return nil }
    return components.isEmpty ? "." : components.joined(separator: "/")
  }

  /// Whether a name is one that `TarWriter` takes: relative, of printable ASCII, and spelt as ``safe(_:)`` spells it. Quick.
  static func isPlain(_ name: String) -> Bool {
    // Of the component so far.
    var (length, dots) = (0, 0)
    for byte in name.utf8 {
      if byte == UInt8(ascii: "/") {
        guard length > dots || length > 2 else { return false }
        (length, dots) = (0, 0)
      } else {
        guard (0x20...0x7E).contains(byte) else { return false }
        length += 1
        dots += byte == UInt8(ascii: ".") ? 1 : 0
      }
    }
    return length > dots || length > 2
  }
}
