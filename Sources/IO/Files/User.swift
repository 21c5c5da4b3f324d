import Glibc

/// Users by their numbers.
public enum User {
  /// Who runs this process: by name, or by number where this machine knows no name, as in many containers.
  public static var current: String { name(of: geteuid()) ?? words(for: geteuid()) }

  /// nil for one that has no name on this machine.
  static func name(of user: uid_t) -> String? { getpwuid(user)?.pointee.pw_name.map { String(cString: $0) } }

  /// `user 1234`.
  static func words(for user: uid_t) -> String { "user \(user)" }
}
