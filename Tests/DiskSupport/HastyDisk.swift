import IO

/// The machine's disk without waiting for it: tests do not survive a power cut.
public struct HastyDisk: DiskLayer {
  public let beneath: any Disk = LocalDisk()
  /// Whether it keeps to itself what no program can set (inodes, times of changes), so that a test can put a file back as it was.
  private let hidesTraces: Bool

  public init(hidesTraces: Bool = false) { self.hidesTraces = hidesTraces }

  public func sync(_ file: OutputFile) throws(FileError) {}
  public func syncDirectory(_ path: FilePath) throws(FileError) {}
  public func status(_ path: FilePath) throws(FileError) -> FileStatus? {
    var status = try beneath.status(path)
    if hidesTraces {
      status?.changed = nil
      status?.inode = 0
    }
    return status
  }
}
