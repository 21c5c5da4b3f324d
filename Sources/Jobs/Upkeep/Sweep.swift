import IO

/// What came of a removal.
public struct Sweep: Sendable {
  public private(set) var removed: [Remains] = []
  /// Stages that another run took meanwhile; nothing of theirs was removed.
  public private(set) var busy: [StageBusy] = []
  public private(set) var failures: [FileError] = []

  /// Removes what was found, each stage's under its lock. Goes on after a failure.
  /// - Parameter circumstances: of the process that removes, for the note beside the lock.
  public init(_ removal: Removal, from store: Store, by circumstances: Circumstances) throws(FileError) {
    guard !removal.remains.isEmpty else { return }
    try store.prepare()
    var order: [String] = []
    for one in removal.remains where !order.contains(one.stage) { order.append(one.stage) }
    let byStage = Dictionary(grouping: removal.remains, by: \.stage)
    for stage in order { sweep(stage, byStage[stage] ?? [], store, circumstances) }
  }

  private mutating func sweep(_ stage: String, _ remains: [Remains], _ store: Store, _ circumstances: Circumstances) {
    do {
      let isFirstLock = try !store.disk.exists(store.layout.lock(stage))
      let lock = try StageLock(stage, in: store.layout, for: circumstances, at: store.time(), on: store.disk)
      // The lock's own file goes last: until then it keeps others out.
      for one in remains.filter({ $0.kind != .lock }) + remains.filter({ $0.kind == .lock }) { remove(one, store, holding: lock) }
      if isFirstLock { try store.disk.remove(store.layout.lock(stage)) }
    } catch let error as StageBusy {
      busy.append(error)
    } catch {
      failures.append((error as? FileError) ?? FileError(.io, store.layout.lock(stage), found: "\(error)"))
    }
  }

  private mutating func remove(_ one: Remains, _ store: Store, holding lock: borrowing StageLock) {
    do throws(FileError) {
      // Something else may have taken its place since it was found.
      guard !SymbolicLink.isAt(one.path) else { return }
      if one.kind == .staging {
        try store.disk.removeTree(one.path)
      } else if let status = try store.disk.status(one.path) {
        // The note of the process that holds the lock now, this removal, is another one; so is the lock's file, which it touched.
        guard status == one.status || one.kind == .owner || one.kind == .lock else {
          throw FileError(
            .io, one.path, expected: "the file that was found", found: "another, written since", advice: "look again, and run again")
        }
        try store.disk.remove(one.path)
      }
      removed.append(one)
      if one.kind == .checkpoint || one.kind == .leftover { try store.removeEmpty(store.layout.checkpoints(lock.stage)) }
    } catch {
      failures.append(error)
    }
  }
}

extension Store {
  /// Removes the folders of a store that no stage lives in any more, as far as they are empty, that of the artifacts among them.
  public func removeEmptyFolders() throws(FileError) {
    let locks = layout.lock("").removingLastComponent()
    guard !SymbolicLink.isAt(layout.state), try disk.status(locks)?.kind == .folder, try disk.list(locks).isEmpty else { return }
    for folder in layout.folders + [layout.state, layout.folder] { try removeEmpty(folder) }
  }

  fileprivate func removeEmpty(_ folder: FilePath) throws(FileError) {
    guard !SymbolicLink.isAt(folder), try disk.status(folder)?.kind == .folder, try disk.list(folder).isEmpty else { return }
    try disk.remove(folder)
  }
}
