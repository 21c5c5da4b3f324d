import SystemPackage

/// A problem with a file or archive: one sentence made of its parts.
public struct FileError: Error, Equatable, CustomStringConvertible, Sendable {
  /// What sort of problem it is, for callers that act differently on each.
  public enum Kind: String, Sendable {
    /// There is no such file, folder or archive member.
    case missing
    /// The bytes are not what their format demands: truncated, altered, or something else altogether.
    case damaged
    /// Well formed, but refused: a name that leaves its folder, a size beyond all measure.
    case unsafe
    /// The disk, or the user's share of it, is full.
    case noSpace
    /// The operating system does not allow it.
    case permission
    /// Well formed, but of a kind that this program does not read or write.
    case unsupported
    /// The operating system reported any other failure.
    case io
  }

  public let kind: Kind
  /// The file; for a member of an archive, the (outermost) archive.
  public let path: FilePath
  /// Where in the file: "member 'x.png'", "byte 8", "tensor 'l_y.weight'".
  public let place: String?
  public let expected: String?
  public let found: String?
  /// The next step for the person who reads it.
  public let advice: String?

  public init(
    _ kind: Kind, _ path: FilePath, at place: String? = nil, expected: String? = nil, found: String? = nil, advice: String? = nil
  ) {
    (self.kind, self.path, self.place, self.expected, self.found, self.advice) = (kind, path, place, expected, found, advice)
  }

  /// "PATH, PLACE: what is wrong; expected X, found Y; advice".
  public var description: String {
    var sentence = place.map { "\(path), \($0): \(kind.phrase)" } ?? "\(path): \(kind.phrase)"
    switch (expected, found) {
    case (let expected?, let found?): sentence += "; expected \(expected), found \(found)"
    case (let expected?, nil): sentence += "; expected \(expected)"
    case (nil, let found?): sentence += "; found \(found)"
    case (nil, nil): break
    }
    if let advice { sentence += "; \(advice)" }
    return sentence
  }
}

extension FileError.Kind {
  fileprivate var phrase: String {
    switch self {
    case .missing: "does not exist"
    case .damaged: "is damaged"
    case .unsafe: "is refused as unsafe"
    case .noSpace: "no space is left on the disk"
    case .permission: "permission denied"
    case .unsupported: "is of a kind that is not supported"
    case .io: "input or output failed"
    }
  }
}
