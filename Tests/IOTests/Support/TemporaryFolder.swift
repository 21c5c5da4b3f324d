import Glibc
import IO
import Testing

/// A folder of the test's own, removed with everything in it when the test lets go of it.
final class TemporaryFolder {
  let path: FilePath

  init() throws {
    // In memory where there is such a place: the hostile files are thousands.
    let parent = access("/dev/shm", W_OK) == 0 ? "/dev/shm" : "/tmp"
    var template = Array("\(parent)/advgan-io-XXXXXX".utf8CString)
    guard mkdtemp(&template) != nil else { throw Errno(rawValue: errno) }
    path = FilePath(platformString: template)
  }

  deinit { try? LocalDisk().removeTree(path) }

  /// A path in the folder.
  func callAsFunction(_ name: String) -> FilePath { path.appending(name) }

  /// Writes a new file in place of an old one, without any ado, and returns its path.
  func file(_ name: String, _ bytes: [UInt8]) throws -> FilePath {
    let path = path.appending(name)
    // Not truncated and written anew: some file systems flush such a file to the disk, thousands of times in the tests of hostile files.
    unlink(path.string)
    let file = try FileDescriptor.open(
      path, .writeOnly, options: [.create, .exclusiveCreate], permissions: [.ownerReadWrite, .groupRead, .otherRead])
    try file.closeAfter { _ = try file.writeAll(bytes) }
    return path
  }

  var names: [String] { get throws { try LocalDisk().list(path) } }
}
