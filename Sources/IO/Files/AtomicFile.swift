import SystemPackage

/// Durable publication of files: readers see the old content or the new, never a part, whatever happens.
///
/// Mode `0666 & ~umask`. Temporary names are `.NAME.tmp-PID-RANDOM` in the same folder; nothing half-written stays behind an error.
/// Only a crash of the process or the machine leaves one, for `removeLeftovers`.
public enum AtomicFile {
  /// Publishes bytes that are all there.
  public static func write(_ bytes: [UInt8], to path: FilePath, on disk: some Disk) throws(FileError) {
    let file = try PendingFile(publishingAt: path, on: disk)
    try file.write(bytes)
    _ = try file.commit()
  }

  /// Publishes what `body` writes, once it has returned; an error in it leaves the old file.
  public static func publish<R>(at path: FilePath, on disk: some Disk, _ body: (PendingFile) throws -> R) throws -> R {
    let file = try PendingFile(publishingAt: path, on: disk)
    do {
      let result = try body(file)
      _ = try file.commit()
      return result
    } catch {
      file.cancel()
      throw error
    }
  }

  /// Removes the temporary files that a crash left beside `path`. Only for the holder of the lock that guards `path`:
  /// another process may be writing one of them.
  /// - Returns: how many there were.
  @discardableResult public static func removeLeftovers(of path: FilePath, on disk: some Disk) throws(FileError) -> Int {
    guard let name = path.lastComponent?.string else { return 0 }
    let folder = path.removingLastComponent()
    let leftovers = try leftovers(in: folder, on: disk)[name] ?? []
    for leftover in leftovers { try disk.remove(folder.appending(leftover)) }
    return leftovers.count
  }

  /// The temporary files in a folder, by the name of the file that each was going to be.
  public static func leftovers(in folder: FilePath, on disk: some Disk) throws(FileError) -> [String: [String]] {
    var leftovers: [String: [String]] = [:]
    for candidate in try disk.list(folder) {
      if let name = PendingFile.name(behind: candidate) { leftovers[name, default: []].append(candidate) }
    }
    return leftovers
  }
}
