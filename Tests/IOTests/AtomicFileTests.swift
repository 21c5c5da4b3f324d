import DiskSupport
import Glibc
import IO
import Testing

struct AtomicFileTests {
  let disk = LocalDisk()

  @Test func replacesAFileAndLeavesNothingElse() throws {
    let folder = try TemporaryFolder()
    try AtomicFile.write(bytes("old"), to: folder("file"), on: disk)
    try AtomicFile.write(bytes("new"), to: folder("file"), on: disk)
    #expect(try disk.read(folder("file")) == bytes("new"))
    #expect(try folder.names == ["file"])
  }

  @Test func respectsTheUmask() throws {
    let folder = try TemporaryFolder()
    try AtomicFile.write([], to: folder("file"), on: disk)
    var status = stat()
    #expect(stat(folder("file").string, &status) == 0)
    #expect(status.st_mode & 0o777 == 0o666 & ~(try umask()))
  }

  /// Without these flushes a power cut could leave an empty file under the new name, or none.
  @Test func flushesTheContentBeforeAndTheFolderAfterTheRenaming() throws {
    let folder = try TemporaryFolder()
    let recording = FaultyDisk(.once(.ioError), at: .max)
    try AtomicFile.write([1], to: folder("file"), on: recording)
    #expect(recording.operations == ["status", "create", "write", "sync", "close", "rename", "syncDirectory"])
  }

  @Test func worksInTheCurrentFolder() throws {
    let name = FilePath(".advgan-io-test-\(getpid())")
    try AtomicFile.write([5], to: name, on: disk)
    #expect(try disk.read(name) == [5])
    try disk.remove(name)
  }

  @Test func anErrorWhileWritingLeavesTheOldFile() throws {
    struct Stop: Error {}
    let folder = try TemporaryFolder()
    try AtomicFile.write(bytes("old"), to: folder("file"), on: disk)
    #expect(throws: Stop.self) {
      try AtomicFile.publish(at: folder("file"), on: disk) { file in
        try file.write(bytes("half of the n"))
        throw Stop()
      }
    }
    #expect(try disk.read(folder("file")) == bytes("old"))
    #expect(try folder.names == ["file"])
  }

  @Test func aStreamedFileIsVisibleOnlyWhenWhole() throws {
    let folder = try TemporaryFolder()
    let answer = try AtomicFile.publish(at: folder("file"), on: disk) { file in
      for part in ["one ", "two ", "three"] { try file.write(bytes(part)) }
      #expect(try disk.status(folder("file")) == nil)
      return file.size
    }
    #expect(answer == 13)
    #expect(try disk.read(folder("file")) == bytes("one two three"))
  }

  @Test func tellsDigestAndSize() throws {
    let folder = try TemporaryFolder()
    let file = try PendingFile(publishingAt: folder("file"), on: disk)
    try file.write(bytes("ab"))
    try file.write(bytes("c"))
    let (digest, size) = try file.commit()
    #expect(digest == SHA256.digest(of: bytes("abc")) && size == 3)
    file.cancel()
    #expect(try folder.names == ["file"])
  }

  @Test func aFileLetGoOfLeavesNothing() throws {
    let folder = try TemporaryFolder()
    do {
      let file = try PendingFile(publishingAt: folder("file"), on: disk)
      try file.write([1])
      #expect(try folder.names.count == 1)
    }
    #expect(try folder.names == [])
  }

  @Test func anErrorPassedOverCannotPublishAPart() throws {
    let folder = try TemporaryFolder()
    let faulty = FaultyDisk(.once(.noSpace), at: 2)
    #expect(
      fileError {
        try AtomicFile.publish(at: folder("file"), on: faulty) { file in
          try? file.write(bytes("first"))
          try? file.write(bytes("second"))
        }
      }?.kind == .noSpace)
    #expect(try folder.names == [])
  }

  @Test func refusesWhatIsNoFileName() throws {
    let folder = try TemporaryFolder()
    #expect(fileError { try AtomicFile.write([], to: "/", on: disk) }?.kind == .unsupported)
    #expect(fileError { try AtomicFile.write([], to: folder(".."), on: disk) }?.kind == .unsupported)
    #expect(fileError { try AtomicFile.write([], to: folder("no/such/folder/file"), on: disk) }?.kind == .missing)
    try disk.makeDirectory(folder("folder"))
    #expect(fileError { try AtomicFile.write([], to: folder("folder"), on: disk) } != nil)
    #expect(try folder.names == ["folder"])
  }

  @Test func removesOnlyItsOwnLeftovers() throws {
    let folder = try TemporaryFolder()
    let others = ["a", ".a.tmp-", ".a.tmp-1", ".a.tmp-b.tmp-1-ff", ".a.tmp-1-xyz", ".ab.tmp-1-ff", "a.tmp-1-ff"]
    for name in others + [".a.tmp-1-ff", ".a.tmp-4711-0"] { _ = try folder.file(name, []) }
    #expect(try AtomicFile.removeLeftovers(of: folder("a"), on: disk) == 2)
    #expect(try Set(folder.names) == Set(others))
  }

  /// The process's umask without setting it, which would disturb the other tests.
  private func umask() throws -> mode_t {
    let file = try FileDescriptor.open("/proc/self/status", .readOnly)
    var buffer = [UInt8](repeating: 0, count: 4096)
    let count = try file.closeAfter { try buffer.withUnsafeMutableBytes { try file.read(into: $0) } }
    let lines = String(decoding: buffer.prefix(count), as: UTF8.self).split(separator: "\n")
    let line = try #require(lines.first { $0.hasPrefix("Umask:") })
    return try #require(mode_t(line.dropFirst(6).drop { $0 == "\t" }, radix: 8))
  }

  @Test func putsNoFileInThePlaceOfADevice() {
    let error = #expect(throws: FileError.self) { try AtomicFile.write([1], to: "/dev/null", on: LocalDisk()) }
    #expect(error?.kind == .unsupported && error?.found == "a device or a pipe")
    #expect((try? LocalDisk().status("/dev/null"))??.kind == .other)
  }
}
