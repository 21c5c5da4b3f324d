import IO

/// The result of a stage: a tar with a manifest and members. Any number of threads may read it at once.
public struct Artifact: Sendable {
  public let path: FilePath
  public let manifest: Manifest
  private let index: TarIndex

  /// The largest manifest that is written and read, in bytes: some nine million members.
  static let largestManifest = 1 << 30

  /// Opens an artifact and checks that its tar holds exactly the members that its manifest names, in their sizes.
  /// - Throws: ``FileError``: `.missing`; `.damaged` for a tar that is cut short, altered, or no artifact; `.unsupported`.
  public init(opening path: FilePath) throws(FileError) {
    self.path = path
    index = try TarIndex(path)
    guard let first = index.entries.first, first.name == Manifest.memberName, first.size <= Artifact.largestManifest else {
      throw FileError(.damaged, path, expected: "an artifact, whose first member is '\(Manifest.memberName)'", advice: "name another file")
    }
    manifest = try Manifest(parsing: index.bytes(of: Manifest.memberName), from: path)
    guard manifest.members.elementsEqual(index.entries.dropFirst(), by: { $0.name == $1.name && $0.size == $1.size }) else {
      throw FileError(
        .damaged, path, expected: "the \(manifest.members.count) members of its manifest",
        found: "\(index.entries.count - 1) members, or others", advice: "make the artifact again")
    }
  }

  /// Whether there is a member of that name.
  public func has(_ name: String) -> Bool { member(name) != nil }

  /// In the tar the manifest comes before them.
  private func member(_ name: String) -> Manifest.Member? {
    guard let number = index.number(of: name), number > 0 else { return nil }
    return manifest.members[number - 1]
  }

  /// A member's content, compared with its digest.
  /// - Throws: ``FileError``: `.missing` where there is no such member; `.damaged`; `.io`.
  public func bytes(of name: String) throws(FileError) -> [UInt8] {
    let bytes = try index.bytes(of: name)
    guard let member = member(name), SHA256.digest(of: bytes) == member.sha256 else { throw otherBytes(name) }
    return bytes
  }

  /// Calls `body` with every member in the order of the tar, one in memory at a time, each compared with its digest.
  public func forEachMember(_ body: (String, [UInt8]) throws -> Void) throws {
    for member in manifest.members { try body(member.name, bytes(of: member.name)) }
  }

  /// Reads everything and compares it with the digests in the manifest.
  /// - Throws: ``FileError``.
  public func verify() throws(FileError) {
    if let damage = try inspect().damages.first { throw damage }
  }

  /// Reads everything once, whatever is found.
  /// - Parameter progress: is told now and then how many bytes were read.
  /// - Returns: the digest of the whole tar, and a sentence for each member that is not what the manifest names.
  /// - Throws: ``FileError`` where the file cannot be read to its end.
  public func inspect(_ progress: (Int) -> Void = { _ in }) throws(FileError) -> (digest: Digest, damages: [FileError]) {
    let (digest, found) = try index.digests(progress)
    return (digest, zip(manifest.members, found.dropFirst()).filter { $0.sha256 != $1 }.map { otherBytes($0.0.name) })
  }

  /// What is to be said of an artifact that stands in the place of a stage's and names another; nil where it names that stage. It is whole, and may be the
  /// only copy.
  public func stranger(to stage: String) -> FileError? {
    if manifest.stage == stage { return nil }
    return FileError(
      .unsupported, path, expected: "the artifact of stage '\(stage)'", found: "that of stage '\(manifest.stage)'",
      advice: "it is not replaced: move it away, or run make -t \(stage), which takes it over under this name")
  }

  private func otherBytes(_ name: String) -> FileError {
    FileError(
      .damaged, path, at: "member '\(name)'", expected: "the content that its manifest names", found: "other bytes",
      advice: "remove the file and run make again, which rebuilds it")
  }
}
