import IO
import Synchronization

/// A disk that knows, over a real folder, what a loss of power would leave of it: file contents are safe from `sync` on, names from
/// `syncDirectory` of their folder on.
///
/// Everything goes on as on any disk; ``ruins`` are collected beside it. Files made past this disk (the locks) are in none.
public final class PowerCutDisk: DiskLayer {
  public let beneath: any Disk = HastyDisk(hidesTraces: true)
  private let root: FilePath
  private let fates: [PowerFate]
  private let state: Mutex<State>

  private struct State {
    var tree: DiskTree
    var open: [Int32: Int] = [:]
    var ruins: [Ruin: String] = [:]
    var changes = 0
  }

  /// - Parameters:
  ///   - root: the folder; what is in it is safe.
  ///   - fates: with each, the power is cut before every change.
  public init(at root: FilePath, cutting fates: [PowerFate] = []) throws {
    self.root = root
    self.fates = fates
    state = Mutex(State(tree: try DiskTree(of: root)))
  }

  /// The different states in which the folder could have been found, and of one cut that leads to each in words.
  public var ruins: [Ruin: String] { state.withLock(\.ruins) }

  /// What a loss of power now leaves.
  public func ruin(_ fate: PowerFate) -> Ruin { state.withLock { Ruin($0.tree, fate) } }

  public func enter(_ operation: DiskOperation, _ path: FilePath) {
    guard operation.isChange else { return }
    state.withLock { state in
      for fate in fates {
        let ruin = Ruin(state.tree, fate.at(state.changes))
        if state.ruins[ruin] == nil { state.ruins[ruin] = "\(fate), before change \(state.changes) (\(operation.rawValue) \(path))" }
      }
      state.changes += 1
    }
  }

  public func create(_ path: FilePath) throws(FileError) -> OutputFile {
    enter(.create, path)
    let file = try beneath.create(path)
    state.withLock { $0.open[file.descriptor.rawValue] = $0.tree.add(path.string, isFolder: false) }
    return file
  }

  public func write(_ bytes: UnsafeRawBufferPointer, to file: OutputFile) throws(FileError) -> Int {
    enter(.write, file.path)
    let count = try beneath.write(bytes, to: file)
    state.withLock { state in state.open[file.descriptor.rawValue].map { state.tree.nodes[$0].bytes += bytes.prefix(count) } }
    return count
  }

  public func sync(_ file: OutputFile) throws(FileError) {
    enter(.sync, file.path)
    state.withLock { state in state.open[file.descriptor.rawValue].map { state.tree.nodes[$0].flushed = state.tree.nodes[$0].bytes.count } }
  }

  /// From here on the file is not changed any more; the time of its last change is what records know it by.
  public func close(_ file: OutputFile) throws(FileError) {
    let time = modificationTime(of: file.descriptor)
    try beneath.close(file)
    state.withLock { state in state.open.removeValue(forKey: file.descriptor.rawValue).map { state.tree.nodes[$0].modified = time } }
  }

  public func rename(_ source: FilePath, to target: FilePath) throws(FileError) {
    enter(.rename, target)
    try beneath.rename(source, to: target)
    state.withLock { $0.tree.rename(source.string, to: target.string) }
  }

  public func syncDirectory(_ path: FilePath) throws(FileError) {
    enter(.syncDirectory, path)
    state.withLock { $0.tree.flushNames(of: path.string) }
  }

  public func remove(_ path: FilePath) throws(FileError) {
    enter(.remove, path)
    try beneath.remove(path)
    state.withLock { $0.tree.remove(path.string) }
  }

  public func makeDirectory(_ path: FilePath) throws(FileError) {
    enter(.makeDirectory, path)
    try beneath.makeDirectory(path)
    state.withLock { state in if state.tree.node(at: path.string) == nil { _ = state.tree.add(path.string, isFolder: true) } }
  }
}
