import Glibc
import IO

/// What a loss of power left of a folder.
public struct Ruin: Hashable, Sendable {
  /// Paths below the folder, each folder before what is in it.
  private var folders: [String] = []
  private var files: [Relic] = []

  private struct Relic: Hashable {
    let path: String
    let bytes: [UInt8]
    let seconds: Int, nanoseconds: Int
  }

  init(_ tree: DiskTree, _ fate: PowerFate) {
    var fate = fate
    collect(tree, 0, "", &fate)
  }

  private mutating func collect(_ tree: DiskTree, _ number: Int, _ prefix: String, _ fate: inout PowerFate) {
    let folder = tree.nodes[number]
    for name in Set(folder.names.keys).union(folder.safeNames.keys).sorted() {
      let (now, safe) = (folder.names[name], folder.safeNames[name])
      guard let child = now == safe || fate.keepsName() ? now : safe else { continue }
      let node = tree.nodes[child]
      if node.isFolder {
        folders.append(prefix + name)
        collect(tree, child, "\(prefix)\(name)/", &fate)
      } else {
        let bytes = fate.content(node.bytes, flushed: node.flushed)
        files.append(Relic(path: prefix + name, bytes: bytes, seconds: node.modified.tv_sec, nanoseconds: node.modified.tv_nsec))
      }
    }
  }

  /// Puts this in the place of a folder. Files get the time of their last change, so that their content alone tells what befell them.
  public func replace(_ folder: FilePath) throws {
    try LocalDisk().removeTree(folder)
    try LocalDisk().makeDirectory(folder)
    for path in folders { mkdir("\(folder)/\(path)", 0o777) }
    for relic in files {
      let file = try FileDescriptor.open("\(folder)/\(relic.path)", .writeOnly, options: [.create], permissions: .ownerReadWrite)
      defer { try? file.close() }
      try file.writeAll(relic.bytes)
      let time = timespec(tv_sec: relic.seconds, tv_nsec: relic.nanoseconds)
      futimens(file.rawValue, [time, time])
    }
  }
}
