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
    return sentence.printable()
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

extension FileError {
  /// The error for a failed system call.
  /// - Parameters:
  ///   - errno: what the system said.
  ///   - action: what was being done, as a gerund: "writing", "renaming to 'x'".
  public init(_ errno: Errno, _ path: FilePath, while action: String) {
    if [.noSuchFileOrDirectory, .fileExists].contains(errno), let target = FileOwner.danglingTarget(of: path) {
      self.init(.missing, path, found: "a link to \(target), where nothing is, while \(action)", advice: "make what it points to, or remove the link")
      return
    }
    let (kind, advice) = FileError.meaning(of: errno)
    let isDenial = [.permissionDenied, .notPermitted].contains(errno)
    let owner = isDenial ? FileOwner(nearest: path) : nil
    self.init(kind, path, found: "\"\(errno)\" while \(action)", advice: owner?.advice ?? advice)
  }

  /// The same for an error caught from a library that throws `Errno` untyped.
  init(caught error: any Error, _ path: FilePath, while action: String) { self.init((error as? Errno) ?? .ioError, path, while: action) }

  private static func meaning(of errno: Errno) -> (Kind, advice: String?) {
    switch errno {
    case .noSuchFileOrDirectory, .notDirectory: (.missing, "check the path")
    case .noSpace: (.noSpace, "free some space, or inodes where those are used up (df, df -i), and run again; nothing half-written was left")
    case .diskQuotaExceeded: (.noSpace, "the user's quota is used up: free some space and run again")
    case .fileTooLarge: (.noSpace, "the file would be larger than the limit on files (ulimit -f) or the file system allows; nothing half-written was left")
    case .noLocks: (.io, "this file system gives no locks, which keep two runs apart: mount it with locks (NFS: without 'nolock'), or choose another folder")
    case .permissionDenied, .notPermitted: (.permission, "check the owner and mode of the file and its folder")
    case .readOnlyFileSystem: (.permission, "the file system is mounted read-only: choose another folder")
    case .isDirectory: (.unsupported, "name a file, not a folder")
    case .fileNameTooLong: (.unsupported, "choose a shorter name")
    case .tooManyOpenFiles, .tooManyOpenFilesInSystem: (.io, "raise the limit of open files (ulimit -n)")
    case .ioError: (.io, "the disk itself may be failing: look at the system's log")
    default: (.io, nil)
    }
  }
}
