import DiskSupport
import IO

/// A disk on which a file grows with each write to another.
struct GrowingDisk: DiskLayer {
  let beneath: any Disk = LocalDisk()
  private let growing: FilePath

  init(_ growing: FilePath) { self.growing = growing }

  func enter(_ operation: DiskOperation, _ path: FilePath) {
    guard operation == .write, let file = try? FileDescriptor.open(growing, .writeOnly, options: .append) else { return }
    _ = try? file.closeAfter { try file.writeAll([1]) }
  }
}
