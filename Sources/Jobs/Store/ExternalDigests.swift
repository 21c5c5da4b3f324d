import Foundation
import IO
import Synchronization

/// Digests of files and folders from outside, each read once and remembered by size, inode and the times of
/// modification and change.
///
/// What is remembered is used only where the modification time lies more than 2 s before the time of hashing: a file changed twice
/// within the clock's tick looks unchanged. A folder's digest covers the names and digests of all files below it that count (``FolderFiles``), sorted; that of some
/// parts of a folder or of a plain tar covers those alone.
final class ExternalDigests: Sendable {
  private let layout: StoreLayout
  private let disk: any Disk
  private let time: @Sendable () -> Double
  private let reading: Reading
  private let memories = Mutex<[String: Memory]>([:])

  /// What is remembered for one stage.
  private struct Memory {
    var entries: [String: Entry]
    var isChanged = false
  }

  struct Entry: Codable, Equatable {
    var status: FileStatus
    var digest: Digest
    /// Seconds since 1970, when hashing began.
    var hashed: Double
    /// What of it counts; nil for all.
    var parts: [String]?
  }

  /// Modification times nearer to the time of hashing than this, in seconds, prove nothing.
  static let tick = 2.0

  /// Is told how many bytes of a file were read, and of how many; of both 0 while the headers of a tar are read. What it throws ends the
  /// reading.
  typealias Reading = @Sendable (_ file: FilePath, _ done: Int, _ total: Int) throws -> Void

  /// - Parameter time: seconds since 1970.
  init(_ layout: StoreLayout, on disk: any Disk, time: @escaping @Sendable () -> Double, reading: @escaping Reading = { _, _, _ in }) {
    (self.layout, self.disk, self.time, self.reading) = (layout, disk, time, reading)
  }

  /// The digest of what `stage` reads from outside; nil where there is nothing of that name.
  /// - Throws: ``FileError``; what `reading` throws.
  func digest(of input: ExternalInput, for stage: String) throws -> Digest? {
    guard let status = try disk.status(input.path) else { return nil }
    switch status.kind {
    case .file: return try digest(ofFile: input, status, stage)
    case .folder: return try digest(ofFolder: input, stage)
    case .other:
      throw FileError(.unsupported, input.path, expected: "a file or a folder", found: "a device or a pipe", advice: "name a plain file")
    }
  }

  /// Whether something was learnt for a stage that is not written down yet.
  func hasNews(of stage: String) -> Bool { memories.withLock { $0[stage]?.isChanged ?? false } }

  /// Writes down what was learnt for a stage, where anything was.
  func save(holding lock: borrowing StageLock) throws(FileError) {
    let stage = lock.stage
    guard let memory = memories.withLock({ $0[stage] }), memory.isChanged else { return }
    try JSON.publish(memory.entries, at: layout.externals(stage), on: disk)
    memories.withLock { $0[stage]?.isChanged = false }
  }

  private func digest(ofFile input: ExternalInput, _ status: FileStatus, _ stage: String) throws -> Digest {
    let key = input.key
    if let known = memory(of: stage)[key], known.status == status, known.parts == input.parts,
      known.hashed - Double(status.modified) / 1e9 > ExternalDigests.tick
    {
      return known.digest
    }
    let hashed = time()
    let entry = Entry(status: status, digest: try read(input), hashed: hashed, parts: input.parts)
    memories.withLock {
      $0[stage]?.entries[key] = entry
      $0[stage]?.isChanged = true
    }
    return entry.digest
  }

  private func read(_ input: ExternalInput) throws -> Digest {
    let file = input.path
    if let parts = input.parts, let tar = try TarParts(parts, of: file, check: { try reading(file, 0, 0) }) {
      let files = try tar.files { done, total in try reading(file, done, total) }
      return JSON.array(files.map { .array([.string($0.name), .integer($0.size), .string($0.digest.hex)]) }).digest
    }
    return try SHA256.digest(ofFile: file) { done, total in try reading(file, done, total) }
  }

  /// What is remembered for a stage, read on first use; unreadable content counts as nothing remembered.
  private func memory(of stage: String) -> [String: Entry] {
    memories.withLock { memories in
      if let memory = memories[stage] { return memory.entries }
      let entries = JSON.decode([String: Entry].self, from: layout.externals(stage), on: disk) ?? [:]
      memories[stage] = Memory(entries: entries)
      return entries
    }
  }

  private func digest(ofFolder input: ExternalInput, _ stage: String) throws -> Digest {
    var files: [JSON] = []
    for name in try FolderFiles.names(below: input.path, parts: input.parts, on: disk) {
      let file = input.path.appending(name)
      guard let status = try disk.status(file) else { continue }
      files.append(.array([.string(name), .string(try digest(ofFile: ExternalInput(file), status, stage).hex)]))
    }
    return JSON.array(files).digest
  }
}

extension ExternalInput {
  /// Under which its digest is remembered.
  fileprivate var key: String {
    guard let parts else { return path.string }
    return "\(path) \(JSON.array(parts.map(JSON.string)).digest.short)"
  }
}

extension JSON {
  /// The SHA-256 of its canonical spelling.
  fileprivate var digest: Digest { SHA256.digest(of: Array(canonical.utf8)) }
}

/// A file or folder from outside that a stage reads, whole or in part.
public struct ExternalInput: Equatable, Sendable {
  public let path: FilePath
  /// nil: all of it. Otherwise only what has one of these, sorted, as the first component of its path: members of a plain tar
  /// (`n02085620.tar`), or what lies in a folder (`n02085620/...`). Of any other file, such as a compressed archive, all of it counts.
  public let parts: [String]?

  /// - Parameter parts: in any order; one that is named twice counts once.
  public init(_ path: FilePath, parts: [String]? = nil) {
    self.path = path
    self.parts = parts.map { Set($0).sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) } }
  }
}
