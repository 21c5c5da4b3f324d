import IO

/// A file or folder from outside that a stage reads, whole or in part.
public struct ExternalInput: Equatable, Sendable {
  public let path: FilePath
  /// nil: all of it. Otherwise only what has one of these, sorted, as the first component of its path: members of a plain tar
  /// (`n02085620.tar`), or what lies in a folder (`n02085620/...`). Of any other file, such as a compressed archive, all of it counts.
  public let parts: [String]?

  /// - Parameter parts: in any order; one that is named twice counts once.
  public init(_ path: FilePath, parts: [String]? = nil) {
    self.path = path
    self.parts = parts.map { Set($0).sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) } }
  }
}
