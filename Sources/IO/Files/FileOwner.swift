import Glibc
import SystemPackage

/// Whom a file or folder belongs to, for the advice where the system denies something.
struct FileOwner {
  let path: FilePath
  let user: uid_t
  let mode: mode_t

  /// The owner of what stands at a path, or of the nearest folder above it that can be asked; nil where none can.
  init?(nearest path: FilePath) {
    var place = path.isEmpty ? "." : path
    var status = stat()
    while place.withPlatformString({ stat($0, &status) }) != 0 {
      let above = place.removingLastComponent()
      guard above != place else { return nil }
      place = above.isEmpty ? "." : above
    }
    (self.path, user, mode) = (place, status.st_uid, status.st_mode)
  }

  /// What may be done about a denial, by a person who now knows who must do it.
  var advice: String {
    let own = geteuid()
    let remedy = user == own ? "change its mode (chmod u+rwX), or choose another place" : "ask for access, or choose another place"
    let digits = String(mode & 0o7777, radix: 8)
    return "\(path) belongs to \(FileOwner.name(of: user)) (mode \(digits)), and this program runs as \(FileOwner.name(of: own)): \(remedy)"
  }

  static func name(of user: uid_t) -> String { User.name(of: user).map { "'\($0)'" } ?? User.words(for: user) }

  /// Where a symbolic link points to, when nothing is there; nil for everything else.
  static func danglingTarget(of path: FilePath) -> String? {
    var status = stat()
    guard path.withPlatformString({ stat($0, &status) }) != 0, errno == ENOENT else { return nil }
    var target = [CChar](repeating: 0, count: Int(PATH_MAX) + 1)
    let count = path.withPlatformString { readlink($0, &target, Int(PATH_MAX)) }
    return count > 0 ? String(decoding: target.prefix(count).map { UInt8(bitPattern: $0) }, as: UTF8.self) : nil
  }
}
