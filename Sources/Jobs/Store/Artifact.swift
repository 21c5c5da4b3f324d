import IO

/// The result of a stage: a tar with a manifest and members. Any number of threads may read it at once.
public struct Artifact: Sendable {
  public let path: FilePath
  public let manifest: Manifest
  private let index: TarIndex
  private let members: [String: Manifest.Member]

  /// The largest manifest that is read, in bytes: some two million members.
  static let largestManifest = 1 << 28

  /// Opens an artifact and checks that its tar holds exactly the members that its manifest names, in their sizes.
  /// - Throws: ``FileError``: `.missing`; `.damaged` for a tar that is cut short, altered, or no artifact; `.unsupported`.
  public init(opening path: FilePath) throws(FileError) {
    self.path = path
    index = try TarIndex(path)
    guard let first = index.entries.first, first.name == Manifest.memberName, first.size <= Artifact.largestManifest else {
      throw FileError(.damaged, path, expected: "an artifact, whose first member is '\(Manifest.memberName)'", advice: "name another file")
    }
    manifest = try Manifest(parsing: index.bytes(of: Manifest.memberName), from: path)
    members = Dictionary(manifest.members.map { ($0.name, $0) }) { first, _ in first }
    let named = manifest.members.map { "\($0.name) \($0.size)" }
    let found = index.entries.dropFirst().map { "\($0.name) \($0.size)" }
    guard named == found else {
      throw FileError(
        .damaged, path, expected: "the \(named.count) members of its manifest", found: "\(found.count) members, or others",
        advice: "make the artifact again")
    }
  }

  /// Whether there is a member of that name.
  public func has(_ name: String) -> Bool { members[name] != nil }

  /// A member's content, compared with its digest.
  /// - Throws: ``FileError``: `.missing` where there is no such member; `.damaged`; `.io`.
  public func bytes(of name: String) throws(FileError) -> [UInt8] {
    let bytes = try index.bytes(of: name)
    guard let member = members[name], SHA256.digest(of: bytes) == member.sha256 else {
      throw FileError(
        .damaged, path, at: "member '\(name)'", expected: "the content that its manifest names", found: "other bytes",
        advice: "remove the file and run make again, which rebuilds it")
    }
    return bytes
  }

  /// Calls `body` with every member in the order of the tar, one in memory at a time, each compared with its digest.
  public func forEachMember(_ body: (String, [UInt8]) throws -> Void) throws {
    for member in manifest.members { try body(member.name, bytes(of: member.name)) }
  }

  /// Reads everything and compares it with the digests in the manifest.
  /// - Throws: ``FileError``.
  public func verify() throws(FileError) {
    for member in manifest.members { _ = try bytes(of: member.name) }
  }
}
