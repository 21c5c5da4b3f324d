import IO

/// A file or folder that a stage left in the store, in the place where this program puts it.
public struct Remains: Equatable, Sendable {
  public enum Kind: String, Sendable {
    case artifact, record, log, progress, externals, owner, checkpoint, staging, published
    /// What the stage's Slurm jobs wrote. The note of the job itself stays: `cancel` may still need it.
    case slurmOutput = "slurm-output"
    /// A temporary file that a crash left.
    case leftover
    case lock
  }

  public let stage: String
  public let kind: Kind
  public let path: FilePath
  /// In bytes; of a folder, of all files below it.
  public let size: Int
  /// Of a file, as it was found; nil for a folder.
  let status: FileStatus?
  /// Why it may go, in a few words; empty where it is asked for.
  public var why = ""
}

/// All that lies in the places of a store, stage by stage. Symbolic links are not looked into, and stand in no list but `links`.
struct Inventory {
  private(set) var remains: [Remains] = []
  /// What was omitted because it is a link.
  private(set) var links: [FilePath] = []
  private let layout: StoreLayout
  private let disk: any Disk
  /// Names of published files, and whose they are.
  private let published: [String: String]

  /// - Parameter published: by stage the names of files that it publishes beside its artifact.
  init(_ layout: StoreLayout, published: [String: [String]], on disk: any Disk) throws(FileError) {
    (self.layout, self.disk) = (layout, disk)
    self.published = published.reduce(into: [:]) { owners, stage in for name in stage.value { owners[name] = stage.key } }
    for name in try names(in: layout.folder) { try addBesideArtifacts(name) }
    defer { sort() }
    guard !isLink(layout.state) else { return }
    for place in StatePlace.all {
      for name in try names(in: layout.state.appending(place.folder)) { try add(name, place) }
    }
    for name in try names(in: layout.state.appending("staging")) where StageName.isExpanded(name) {
      try add(.staging, name, layout.staging(name))
    }
    for name in try names(in: layout.state.appending("checkpoints")) where StageName.isExpanded(name) { try addCheckpoints(of: name) }
  }

  private mutating func sort() {
    // Stage by stage; within one, in the order in which the places were looked through.
    let numbered = remains.enumerated().sorted { ($0.element.stage, $0.offset) < ($1.element.stage, $1.offset) }
    remains = numbered.map(\.element)
  }

  private mutating func addBesideArtifacts(_ name: String) throws(FileError) {
    let path = layout.folder.appending(name)
    let target = PendingFile.name(behind: name)
    if let owner = published[target ?? name] { return try add(target == nil ? .published : .leftover, owner, path) }
    guard let stage = (target ?? name).stage(before: ".tar") else { return }
    try add(target == nil ? .artifact : .leftover, stage, path)
  }

  private mutating func add(_ name: String, _ place: StatePlace) throws(FileError) {
    let target = PendingFile.name(behind: name)
    guard let stage = (target ?? name).stage(before: place.suffix) else { return }
    try add(target == nil ? place.kind : .leftover, stage, layout.state.appending(place.folder).appending(name))
  }

  private mutating func addCheckpoints(of stage: String) throws(FileError) {
    for name in try names(in: layout.checkpoints(stage)) {
      let target = PendingFile.name(behind: name)
      guard CheckpointHead.isFileName(target ?? name) else { continue }
      try add(target == nil ? .checkpoint : .leftover, stage, layout.checkpoints(stage).appending(name))
    }
  }

  private mutating func add(_ kind: Remains.Kind, _ stage: String, _ path: FilePath) throws(FileError) {
    guard !isLink(path), let status = try disk.status(path) else { return }
    guard status.kind == (kind == .staging ? .folder : .file) else { return }
    remains.append(Remains(stage: stage, kind: kind, path: path, size: try disk.size(of: path), status: kind == .staging ? nil : status))
  }

  private mutating func names(in folder: FilePath) throws(FileError) -> [String] {
    // The folder of the artifacts may be a link: somebody named it.
    guard folder == layout.folder || !isLink(folder), try disk.status(folder)?.kind == .folder else { return [] }
    return try disk.list(folder)
  }

  private mutating func isLink(_ path: FilePath) -> Bool {
    let isLink = SymbolicLink.isAt(path)
    if isLink { links.append(path) }
    return isLink
  }
}

/// Where files of state lie, one a stage.
private struct StatePlace {
  let folder: String
  let suffix: String
  let kind: Remains.Kind

  static let all = [
    StatePlace(folder: "records", suffix: ".json", kind: .record), StatePlace(folder: "logs", suffix: ".log", kind: .log),
    StatePlace(folder: "progress", suffix: ".json", kind: .progress), StatePlace(folder: "externals", suffix: ".json", kind: .externals),
    StatePlace(folder: "slurm", suffix: ".out", kind: .slurmOutput),
    StatePlace(folder: "locks", suffix: ".owner.json", kind: .owner), StatePlace(folder: "locks", suffix: ".lock", kind: .lock),
  ]
}

extension String {
  /// The name of a stage, where that and `suffix` is all there is.
  fileprivate func stage(before suffix: String) -> String? {
    guard hasSuffix(suffix) else { return nil }
    let name = String(dropLast(suffix.count))
    return StageName.isExpanded(name) ? name : nil
  }
}

extension Disk {
  /// The bytes of a file, or of all files below a folder; links count nothing and are not followed.
  func size(of path: FilePath) throws(FileError) -> Int {
    guard !SymbolicLink.isAt(path), let status = try status(path) else { return 0 }
    guard status.kind == .folder else { return status.kind == .file ? status.size : 0 }
    var size = 0
    for name in try list(path) { size += try self.size(of: path.appending(name)) }
    return size
  }
}
