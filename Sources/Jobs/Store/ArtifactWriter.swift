import IO

/// Packs a folder into an artifact: the same files, settings and inputs give the same bytes.
public enum ArtifactWriter {
  /// Hashes every file below `folder` and publishes the tar atomically and durably, its manifest first.
  /// - Parameters:
  ///   - folder: its files become members, in byte order of their names.
  ///   - describe: makes the manifest from the members found.
  ///   - path: of the tar; an artifact there is replaced when the new one is whole.
  /// - Returns: the manifest, and digest and size of the whole tar.
  /// - Throws: ``FileError``; also `.unsupported` for names that are not ASCII, too long for ustar, or the manifest's own.
  static func pack(
    _ folder: FilePath, to path: FilePath, on disk: any Disk, _ describe: ([Manifest.Member]) -> Manifest
  ) throws(FileError) -> (manifest: Manifest, digest: Digest, size: Int) {
    var members: [Manifest.Member] = []
    for name in try names(below: folder, on: disk) {
      let file = folder.appending(name)
      guard name != Manifest.memberName, let size = try disk.status(file)?.size else {
        throw FileError(.unsupported, file, found: "the name of the manifest", advice: "let the stage choose another name")
      }
      members.append(Manifest.Member(name: name, size: size, sha256: try SHA256.digest(ofFile: file)))
    }
    let manifest = describe(members)
    let tar = try TarWriter(publishingAt: path, on: disk)
    try tar.add(Manifest.memberName, manifest.encoded())
    for member in members { try tar.add(member.name, contentsOf: folder.appending(member.name)) }
    let (digest, size) = try tar.finish()
    return (manifest, digest, size)
  }

  /// Packs a folder as the artifact of a stage that was made from `inputs`; for tests and tools, without locks or records.
  @discardableResult
  public static func pack(
    _ folder: FilePath, to path: FilePath, stage: String, run: String, version: Int, settings: JSON = .object([:]),
    inputs: [String: [Artifact]] = [:], on disk: any Disk = LocalDisk()
  ) throws(FileError) -> Artifact {
    let inputs = inputs.mapValues { $0.map { Manifest.Input(stage: $0.manifest.stage, digest: $0.manifest.content) } }
    _ = try pack(folder, to: path, on: disk) { members in
      Manifest(stage: stage, run: run, version: version, settings: settings, inputs: inputs, external: [:], members: members)
    }
    return try Artifact(opening: path)
  }

  /// The paths of all files below a folder, relative to it, in byte order.
  /// - Parameter parts: of what lies in the folder itself, what counts; nil for all.
  static func names(below folder: FilePath, parts: [String]? = nil, on disk: any Disk) throws(FileError) -> [String] {
    var names: [String] = []
    try collect(folder, "", parts.map { Set($0) }, &names, disk)
    return names.sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }
  }

  private static func collect(
    _ folder: FilePath, _ prefix: String, _ parts: Set<String>?, _ names: inout [String], _ disk: any Disk
  ) throws(FileError) {
    for name in try disk.list(folder) where parts?.contains(name) ?? true {
      let path = folder.appending(name)
      switch try disk.status(path)?.kind {
      case .folder: try collect(path, "\(prefix)\(name)/", nil, &names, disk)
      case .file: names.append(prefix + name)
      case .other, nil:
        throw FileError(
          .unsupported, path, expected: "files and folders", found: "something else", advice: "let the stage write plain files")
      }
    }
  }
}
