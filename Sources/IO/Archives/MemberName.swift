/// Names of archive members that stay inside the folder they are meant for.
enum MemberName {
  /// The name without "." components and trailing slashes; `nil` when it is empty, absolute, or leaves its folder by "..".
  static func safe(_ name: String) -> String? {
    if name.utf8.first == UInt8(ascii: "/") { return nil }
    let components = name.split(separator: "/").filter { $0 != "." }
    guard !components.isEmpty, !components.contains("..") else { return nil }
    return components.joined(separator: "/")
  }
}
