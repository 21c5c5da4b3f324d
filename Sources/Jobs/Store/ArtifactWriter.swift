import IO

/// Packs a folder into an artifact: the same files, settings and inputs give the same bytes.
public enum ArtifactWriter {
  /// Hashes every file below `folder` and publishes the tar atomically and durably, its manifest first.
  /// - Parameters:
  ///   - folder: its files become members, in byte order of their names.
  ///   - pieces: whose members stand among them, as if they were files there.
  ///   - path: of the tar; an artifact there is replaced when the new one is whole.
  ///   - progress: is told after every MiB how many bytes were read, and of how many (files are read twice); what it throws ends the
  ///     packing, and nothing is left of it.
  ///   - describe: makes the manifest from the members found.
  /// - Returns: the manifest, and digest and size of the whole tar.
  /// - Throws: ``FileError``; also `.unsupported` for names that come twice, are not ASCII, too long for ustar, or the manifest's own.
  static func pack(
    _ folder: FilePath, _ pieces: PieceMembers, to path: FilePath, on disk: any Disk,
    progress: @escaping (_ done: Int, _ total: Int) throws -> Void, _ describe: ([Manifest.Member]) -> Manifest
  ) throws -> (manifest: Manifest, digest: Digest, size: Int) {
    let packing = try Packing(folder, pieces, on: disk)
    var progress = PackingProgress(of: packing.work, progress)
    let manifest = describe(try packing.members(&progress))
    let head = manifest.encoded()
    // Better found before the pieces are given up for an artifact that nobody could open.
    guard head.count <= Artifact.largestManifest else {
      throw FileError(
        .unsupported, path, expected: "a manifest of at most \(Artifact.largestManifest) bytes", found: "\(head.count)",
        advice: "let the stage make fewer members")
    }
    let tar = try TarWriter(publishingAt: path, on: disk)
    try tar.add(Manifest.memberName, head)
    try packing.write(to: tar, &progress)
    let (digest, size) = try tar.finish()
    return (manifest, digest, size)
  }

  /// Packs a folder, and members of pieces, as the artifact of a stage that was made from `inputs`; for tests and tools, without locks or
  /// records.
  @discardableResult public static func pack(
    _ folder: FilePath, _ pieces: PieceMembers = PieceMembers(), to path: FilePath, stage: String, run: String, version: Int,
    settings: JSON = .object([:]), inputs: [String: [Artifact]] = [:], on disk: any Disk = LocalDisk()
  ) throws -> Artifact {
    let inputs = inputs.mapValues { $0.map { Manifest.Input(stage: $0.manifest.stage, digest: $0.manifest.content) } }
    _ = try pack(folder, pieces, to: path, on: disk, progress: { _, _ in }) { members in
      Manifest(stage: stage, run: run, version: version, settings: settings, inputs: inputs, external: [:], members: members)
    }
    return try Artifact(opening: path)
  }

  /// The paths of all files below a folder, relative to it, in byte order.
  static func names(below folder: FilePath, on disk: any Disk) throws(FileError) -> [String] {
    var names: [String] = []
    try collect(folder, "", &names, disk)
    return names.sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }
  }

  private static func collect(_ folder: FilePath, _ prefix: String, _ names: inout [String], _ disk: any Disk) throws(FileError) {
    for name in try disk.list(folder) {
      let path = folder.appending(name)
      switch try disk.status(path)?.kind {
      case .folder: try collect(path, "\(prefix)\(name)/", &names, disk)
      case .file: names.append(prefix + name)
      case .other, nil:
        throw FileError(
          .unsupported, path, expected: "files and folders", found: "something else", advice: "let the stage write plain files")
      }
    }
  }
}
