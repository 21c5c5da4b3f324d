import Glibc
import IO

/// The files below a folder, as programs see them and as they are safe from a loss of power.
struct DiskTree {
  struct Node {
    let isFolder: Bool
    /// What is in the folder: now, and on the disk itself.
    var names: [String: Int] = [:]
    var safeNames: [String: Int] = [:]
    /// The file's content, and how many bytes of it are on the disk itself.
    var bytes: [UInt8] = []
    var flushed = 0
    var modified = timespec()
  }

  /// Paths are strings here: in debug builds those of the system library take most of a test's time.
  private let root: String
  /// By number; 0 is the root.
  var nodes: [Node] = [Node(isFolder: true)]

  /// Of a folder, with everything in it safe.
  init(of root: FilePath) throws {
    self.root = root.string
    try scan(root, 0)
  }

  private mutating func scan(_ folder: FilePath, _ number: Int) throws {
    for name in try LocalDisk().list(folder) {
      let path = folder.appending(name)
      guard let status = try LocalDisk().status(path), let child = add(path.string, isFolder: status.kind == .folder) else { continue }
      if status.kind == .folder {
        try scan(path, child)
      } else {
        let file = try FileDescriptor.open(path, .readOnly)
        defer { try? file.close() }
        nodes[child].bytes = try LocalDisk().read(path)
        nodes[child].flushed = nodes[child].bytes.count
        nodes[child].modified = modificationTime(of: file)
      }
    }
    nodes[number].safeNames = nodes[number].names
  }

  /// nil for what is not known, or lies elsewhere.
  func node(at path: String) -> Int? {
    guard path.hasPrefix(root) else { return nil }
    var number = 0
    for name in path.utf8.dropFirst(root.utf8.count).split(separator: UInt8(ascii: "/")) {
      guard let next = nodes[number].names[String(Substring(name))] else { return nil }
      number = next
    }
    return number
  }

  /// The folder that a path lies in, and its name there.
  private func place(of path: String) -> (folder: Int, name: String)? {
    guard let slash = path.lastIndex(of: "/"), let folder = node(at: String(path[..<slash])) else { return nil }
    return (folder, String(path[path.index(after: slash)...]))
  }

  mutating func add(_ path: String, isFolder: Bool) -> Int? {
    guard let (folder, name) = place(of: path) else { return nil }
    nodes.append(Node(isFolder: isFolder))
    nodes[folder].names[name] = nodes.count - 1
    return nodes.count - 1
  }

  mutating func remove(_ path: String) {
    if let (folder, name) = place(of: path) { nodes[folder].names[name] = nil }
  }

  mutating func rename(_ source: String, to target: String) {
    guard let node = node(at: source), let (folder, name) = place(of: target) else { return }
    remove(source)
    nodes[folder].names[name] = node
  }

  mutating func flushNames(of path: String) {
    if let folder = node(at: path) { nodes[folder].safeNames = nodes[folder].names }
  }
}

func modificationTime(of file: FileDescriptor) -> timespec {
  var status = stat()
  fstat(file.rawValue, &status)
  return status.st_mtim
}
