import SystemPackage

/// A stretch of an open file. Any number of threads may read it at once.
public struct FileSection: Sendable {
  let file: InputFile
  /// Where it begins in the file, in bytes.
  public let offset: Int
  /// In bytes.
  public let size: Int

  /// - Throws: `.damaged` where the file ends before.
  public init(_ file: InputFile, offset: Int, size: Int) throws(FileError) {
    precondition(offset >= 0 && size >= 0, "FileSection: \(size) bytes from \(offset)")
    guard offset <= file.size, size <= file.size - offset else {
      throw FileError(
        .damaged, file.path, at: "byte \(offset)", expected: "\(size) bytes", found: "the end of the file at \(file.size)",
        advice: "the file was cut short: fetch or make it again")
    }
    (self.file, self.offset, self.size) = (file, offset, size)
  }

  public var path: FilePath { file.path }

  /// `count` bytes from `place`, counted from the beginning of the section.
  /// - Throws: `.damaged` where the file became shorter; `.io`.
  public func bytes(at place: Int, count: Int) throws(FileError) -> [UInt8] {
    precondition(place >= 0 && count >= 0 && place + count <= size, "FileSection.bytes: \(count) bytes from \(place) of \(size)")
    return try file.bytes(at: offset + place, count: count)
  }

  /// Fills a buffer from `place`, counted from the beginning of the section.
  func read(into buffer: UnsafeMutableRawBufferPointer, at place: Int) throws(FileError) {
    precondition(place >= 0 && place + buffer.count <= size, "FileSection.read: \(buffer.count) bytes from \(place) of \(size)")
    try file.read(into: buffer, at: offset + place)
  }
}
