import Glibc
import SystemPackage

/// A file open for reading, closed when the last reference to it goes.
public final class InputFile: Sendable {
  public let path: FilePath
  let descriptor: FileDescriptor
  /// The size in bytes when the file was opened.
  public let size: Int
  /// Tells the open file from one that takes its name later.
  public let inode: UInt64

  /// - Throws: `.missing`, `.permission`; `.unsupported` for anything but a regular file, whose size would mean nothing.
  public init(_ path: FilePath) throws(FileError) {
    self.path = path
    do {
      // Without `nonBlocking` opening a named pipe would wait for a writer for ever.
      descriptor = try FileDescriptor.open(path, .readOnly, options: [.closeOnExec, .nonBlocking])
    } catch {
      throw FileError(caught: error, path, while: "opening it to read")
    }
    var status = stat()
    guard fstat(descriptor.rawValue, &status) == 0 else {
      let error = Errno(rawValue: errno)
      try? descriptor.close()
      throw FileError(error, path, while: "asking for its size")
    }
    guard status.st_mode & S_IFMT == S_IFREG else {
      try? descriptor.close()
      throw FileError(.unsupported, path, expected: "a regular file", found: "a folder or a device", advice: "name a file")
    }
    size = Int(status.st_size)
    inode = UInt64(status.st_ino)
  }

  deinit { try? descriptor.close() }

  /// Reads the next bytes into the buffer, as many as come; 0 at the end.
  public func read(into buffer: inout [UInt8]) throws(FileError) -> Int {
    do {
      return try buffer.withUnsafeMutableBytes { try descriptor.read(into: $0) }
    } catch {
      throw FileError(caught: error, path, while: "reading")
    }
  }

  /// `count` bytes from `offset`; safe to call from several threads at once.
  /// - Throws: `.damaged` when the file ends before.
  public func bytes(at offset: Int, count: Int) throws(FileError) -> [UInt8] {
    var done = 0
    do {
      let bytes = try [UInt8](unsafeUninitializedCapacity: count) { buffer, initialized in
        done = try fill(UnsafeMutableRawBufferPointer(buffer), from: offset)
        initialized = done
      }
      if done == count { return bytes }
    } catch {
      throw FileError(caught: error, path, while: "reading")
    }
    throw cut(at: offset, expecting: count, after: done)
  }

  /// Fills a buffer from `offset`; safe to call from several threads at once.
  /// - Throws: `.damaged` when the file ends before.
  func read(into buffer: UnsafeMutableRawBufferPointer, at offset: Int) throws(FileError) {
    let done: Int
    do {
      done = try fill(buffer, from: offset)
    } catch {
      throw FileError(caught: error, path, while: "reading")
    }
    if done < buffer.count { throw cut(at: offset, expecting: buffer.count, after: done) }
  }

  /// Reads from `offset` what fits into the buffer, less only where the file ends before; safe to call from several threads at once.
  /// - Returns: how many bytes.
  func read(at offset: Int, into buffer: inout [UInt8]) throws(FileError) -> Int {
    do {
      return try buffer.withUnsafeMutableBytes { try fill($0, from: offset) }
    } catch {
      throw FileError(caught: error, path, while: "reading")
    }
  }

  /// The error for a file that ends before so many bytes from `offset`.
  func cut(at offset: Int, expecting count: Int, after done: Int = 0) -> FileError {
    FileError(
      .damaged, path, at: "byte \(offset)", expected: "\(count) bytes", found: "the end of the file after \(done)",
      advice: "the file was cut short: make it again")
  }

  private func fill(_ buffer: UnsafeMutableRawBufferPointer, from offset: Int) throws -> Int {
    var done = 0
    while done < buffer.count {
      let rest = UnsafeMutableRawBufferPointer(rebasing: buffer[done...])
      let step = try descriptor.read(fromAbsoluteOffset: Int64(offset) + Int64(done), into: rest)
      if step == 0 { break }
      done += step
    }
    return done
  }
}
