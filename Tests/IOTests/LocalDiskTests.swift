import Glibc
import IO
import Testing

struct LocalDiskTests {
  let disk = LocalDisk()

  @Test func createsOnlyWhatDoesNotExist() throws {
    let folder = try TemporaryFolder()
    let path = try folder.file("old", [1])
    #expect(fileError { try disk.create(path) }?.kind == .io)
    #expect(try disk.read(path) == [1])
  }

  @Test func aFullDiskHasItsOwnError() throws {
    let full = OutputFile(path: "/dev/full", descriptor: try FileDescriptor.open("/dev/full", .writeOnly))
    defer { try? disk.close(full) }
    let error = fileError { try bytes("x").withUnsafeBytes { try disk.write($0, to: full) } }
    #expect(error?.kind == .noSpace)
    #expect(error?.advice?.contains("free some space") == true)
  }

  @Test func listsNamesByTheirBytes() throws {
    let folder = try TemporaryFolder()
    for name in ["b", "a", "B", "é", ".hidden", "a.b"] { _ = try folder.file(name, []) }
    #expect(try disk.list(folder.path) == [".hidden", "B", "a", "a.b", "b", "é"])
  }

  @Test func refusesToListANameOutsideUTF8() throws {
    let folder = try TemporaryFolder()
    let name = "\(folder.path)/".utf8CString.dropLast() + [CChar(bitPattern: 0xFF), 0]
    let file = open(Array(name), O_CREAT | O_WRONLY, 0o600)
    try #require(file >= 0)
    close(file)
    #expect(fileError { try disk.list(folder.path) }?.kind == .unsupported)
    unlink(Array(name))
  }

  @Test func makesFoldersWithTheirParentsAndAgain() throws {
    let folder = try TemporaryFolder()
    try disk.makeDirectories(folder("a/b/c"))
    try disk.makeDirectories(folder("a/b/c"))
    #expect(try disk.status(folder("a/b/c"))?.kind == .folder)
    #expect(fileError { try disk.makeDirectory(folder("x/y")) }?.kind == .missing)
    _ = try folder.file("file", [])
    #expect(fileError { try disk.makeDirectories(folder("file")) }?.kind == .io)
  }

  @Test func removesATreeButNothingBehindALink() throws {
    let folder = try TemporaryFolder()
    try disk.makeDirectories(folder("tree/deep"))
    try disk.makeDirectories(folder("precious"))
    _ = try folder.file("precious/file", [1])
    _ = try folder.file("tree/deep/file", [1])
    symlink(folder("precious").string, folder("tree/link").string)
    symlink(folder("nowhere").string, folder("tree/dangling").string)
    try disk.removeTree(folder("tree"))
    #expect(try folder.names == ["precious"])
    #expect(try disk.list(folder("precious")) == ["file"])
    try disk.removeTree(folder("tree"))
  }

  @Test func statusIsNilForNothingAndTellsSizeAndTime() throws {
    let folder = try TemporaryFolder()
    let path = try folder.file("file", [1, 2, 3])
    let status = try #require(try disk.status(path))
    #expect(status.kind == .file && status.size == 3 && status.inode != 0)
    #expect(status.modified > 1_700_000_000_000_000_000)
    #expect(try disk.status(folder("nothing")) == nil)
    #expect(try disk.status(path.appending("below-a-file")) == nil)
    #expect(try disk.exists(path))
  }

  @Test func survivesATimeBeyondItsRange() throws {
    let folder = try TemporaryFolder()
    let path = try folder.file("file", [])
    var times = [timespec(tv_sec: 1 << 34, tv_nsec: 999_999_999), timespec(tv_sec: 1 << 34, tv_nsec: 999_999_999)]
    #expect(utimensat(AT_FDCWD, path.string, &times, 0) == 0)
    #expect(try disk.status(path)?.size == 0)
  }

  @Test func readsAFileWhole() throws {
    let folder = try TemporaryFolder()
    #expect(try disk.read(folder.file("empty", [])) == [])
    let content = (0..<100_000).map { UInt8(truncatingIfNeeded: $0 * 7) }
    #expect(try disk.read(folder.file("long", content)) == content)
    #expect(fileError { try disk.read(folder.path) }?.kind == .unsupported)
    #expect(fileError { try disk.read(folder("nothing")) }?.kind == .missing)
  }
}
