/// One member of an archive, as its header tells.
public struct ArchiveMember: Equatable, Sendable {
  public enum Kind: Sendable { case file, folder }
  /// Relative, without "." and ".." components, parts joined by "/".
  public let name: String
  public let kind: Kind
  /// In bytes; `nil` where the format tells it only behind the content.
  public let size: Int?
  /// Where the content begins in the archive file, in bytes; only for plain uncompressed ustar, else `nil`.
  public let dataOffset: Int?
}
