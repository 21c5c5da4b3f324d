import SystemPackage

extension FileError {
  /// The error for a failed system call.
  /// - Parameters:
  ///   - errno: what the system said.
  ///   - action: what was being done, as a gerund: "writing", "renaming to 'x'".
  public init(_ errno: Errno, _ path: FilePath, while action: String) {
    let (kind, advice) = FileError.meaning(of: errno)
    self.init(kind, path, found: "\"\(errno)\" while \(action)", advice: advice)
  }

  /// The same for an error caught from a library that throws `Errno` untyped.
  init(caught error: any Error, _ path: FilePath, while action: String) {
    self.init((error as? Errno) ?? .ioError, path, while: action)
  }

  private static func meaning(of errno: Errno) -> (Kind, advice: String?) {
    switch errno {
    case .noSuchFileOrDirectory, .notDirectory: (.missing, "check the path")
    case .noSpace: (.noSpace, "free some space and run again; nothing half-written was left")
    case .diskQuotaExceeded: (.noSpace, "the user's quota is used up: free some space and run again")
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
