import Glibc
import SystemPackage

/// Links are told from what they lead to, on the machine's own disk.
public enum SymbolicLink {
  /// Whether the last part of the path is a symbolic link, wherever it leads.
  public static func isAt(_ path: FilePath) -> Bool {
    var status = stat()
    return path.withPlatformString { lstat($0, &status) } == 0 && status.st_mode & S_IFMT == S_IFLNK
  }
}
