import Glibc
import SystemPackage

/// A nameless temporary file in the folder that TMPDIR names, `/tmp` where it names none. Unlike pipes, files let a child write as much as it
/// likes before anyone reads, and a child that ends early costs no broken-pipe signal.
public final class ScratchFile {
  public let descriptor: FileDescriptor

  /// Where scratch files are made.
  public static var folder: FilePath {
    let named = getenv("TMPDIR").map { FilePath(platformString: $0) } ?? ""
    return named.isAbsolute ? named : "/tmp"
  }

  /// - Throws: `Errno` where the folder takes none.
  public init(in folder: FilePath = ScratchFile.folder) throws(Errno) {
    let path = folder.appending("advgan-job-\(String(UInt64.random(in: 0 ... .max), radix: 36))")
    do {
      descriptor = try FileDescriptor.open(
        path, .readWrite, options: [.create, .exclusiveCreate, .closeOnExec], permissions: [.ownerReadWrite])
    } catch {
      throw (error as? Errno) ?? .ioError
    }
    // It lives as long as it is open.
    _ = path.withPlatformString { unlink($0) }
  }

  deinit { try? descriptor.close() }

  /// Writes a text, and goes back to its beginning for its reader.
  public func fill(_ text: String) throws(Errno) {
    do {
      try descriptor.writeAll(text.utf8)
      try descriptor.seek(offset: 0, from: .start)
    } catch {
      throw (error as? Errno) ?? .ioError
    }
  }

  /// How many bytes it holds.
  public func size() -> Int {
    var status = stat()
    return fstat(descriptor.rawValue, &status) == 0 ? Int(status.st_size) : 0
  }

  /// What was written to it, from the beginning.
  public func content() throws(Errno) -> String {
    var bytes = [UInt8](repeating: 0, count: size())
    do {
      let count = try bytes.withUnsafeMutableBytes { buffer in
        var count = 0
        while count < buffer.count {
          let read = try descriptor.read(fromAbsoluteOffset: Int64(count), into: UnsafeMutableRawBufferPointer(rebasing: buffer[count...]))
          if read == 0 { break }
          count += read
        }
        return count
      }
      return String(decoding: bytes.prefix(count), as: UTF8.self)
    } catch {
      throw (error as? Errno) ?? .ioError
    }
  }
}
