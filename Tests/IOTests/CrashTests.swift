import DiskSupport
import IO
import Testing

/// The disk fails at its n-th operation, n = 1, 2, ... until a run is not touched any more.
struct CrashTests {
  let old = bytes("old content")
  let new = [UInt8](repeating: 0x4E, count: 30_000)

  static let faults: [FaultyDisk.Fault] = [.once(.noSpace), .once(.ioError), .forEver(.ioError), .shortWrite]

  @Test(arguments: faults)
  func leavesTheOldFileOrTheNewOne(fault: FaultyDisk.Fault) throws {
    try atEveryOperation(fault) { path, disk in
      try AtomicFile.publish(at: path, on: disk) { file in
        for start in stride(from: 0, to: new.count, by: 7_000) { try file.write(Array(new[start..<min(start + 7_000, new.count)])) }
      }
    } isNew: {
      $0 == new
    }
  }

  @Test(arguments: faults)
  func leavesTheOldTarOrTheNewOne(fault: FaultyDisk.Fault) throws {
    let folder = try TemporaryFolder()
    let source = try folder.file("source", new)
    func write(_ path: FilePath, _ disk: any Disk) throws {
      let writer = try TarWriter(publishingAt: path, on: disk)
      try writer.add("one", new)
      try writer.add("two", contentsOf: source)
      _ = try writer.finish()
    }
    try write(folder("whole.tar"), LocalDisk())
    let whole = try LocalDisk().read(folder("whole.tar"))
    try atEveryOperation(fault, write) { $0 == whole }
  }

  private func atEveryOperation(
    _ fault: FaultyDisk.Fault, _ publish: (FilePath, any Disk) throws -> Void, isNew: ([UInt8]) -> Bool
  ) throws {
    for failing in 1...100 {
      let folder = try TemporaryFolder()
      let path = try folder.file("file", old)
      let disk = FaultyDisk(fault, at: failing)
      let error = fileError { try publish(path, disk) }
      let place = "\(fault) at operation \(failing)"

      let content = try LocalDisk().read(path)
      #expect(content == old || isNew(content), "\(place): neither old nor new")
      if error == nil { #expect(isNew(content), "\(place): success without the new content") }
      if disk.struck && fault != .shortWrite { #expect(error != nil, "\(place): the failure was swallowed") }
      if fault == .shortWrite { #expect(error == nil, "\(place): a short write is no error") }
      #expect(disk.openFiles == 0, "\(place): a file was left open")
      if fault == .forEver(.ioError) { try AtomicFile.removeLeftovers(of: path, on: LocalDisk()) }
      #expect(try folder.names == ["file"], "\(place): something was left")

      try publish(path, LocalDisk())
      #expect(try isNew(LocalDisk().read(path)), "\(place): does not work again")
      if !disk.struck { return #expect(failing > 5, "too few operations to mean anything") }
    }
    Issue.record("every run was touched")
  }
}
