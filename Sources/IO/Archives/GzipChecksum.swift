import CZlib
import SystemPackage

/// The checksum at the end of a gzip file, which libarchive passes over: without it an altered byte may give other contents unnoticed.
public enum GzipChecksum {
  /// Unpacks a gzip file once, keeping nothing; anything else is left alone.
  /// - Parameter progress: is told after every piece how many bytes were read, and of how many; what it throws ends the reading.
  /// - Throws: `.damaged` for a gzip file whose contents are not those that were packed, or that is cut short; `.missing`, `.permission`,
  ///   `.io`; what `progress` throws.
  public static func verify(_ path: FilePath, progress: (_ done: Int, _ total: Int) throws -> Void = { _, _ in }) throws {
    let file = try InputFile(path)
    guard try begins(file) else { return }
    var stream = z_stream()
    // 16 more than the largest window: gzip's header and checksum, not zlib's.
    guard inflateInit2_(&stream, 15 + 16, ZLIB_VERSION, Int32(MemoryLayout<z_stream>.size)) == Z_OK else {
      throw FileError(.io, path, found: "no memory for zlib")
    }
    defer { inflateEnd(&stream) }
    var status = Z_OK
    var input = [UInt8](repeating: 0, count: 1 << 20)
    var output = [UInt8](repeating: 0, count: 1 << 20)
    var done = 0
    while true {
      let count = try file.read(into: &input)
      if count == 0 { break }
      status = unpack(input.prefix(count), &stream, &output, after: status)
      guard status == Z_OK || status == Z_STREAM_END || status == Z_BUF_ERROR else { break }
      done += count
      try progress(done, file.size)
    }
    guard status == Z_STREAM_END else {
      throw FileError(
        .damaged, path, expected: "the contents that gzip's checksum names", found: "others, or less", advice: "fetch the file again")
    }
  }

  /// Whether a file begins as gzip files do.
  public static func isGzip(_ path: FilePath) throws(FileError) -> Bool { try begins(InputFile(path)) }

  private static func begins(_ file: InputFile) throws(FileError) -> Bool {
    file.size >= 2 ? try file.bytes(at: 0, count: 2) == [0x1F, 0x8B] : false
  }

  /// Unpacks a piece; several gzip files may stand behind each other, and zeros behind the last.
  private static func unpack(_ piece: ArraySlice<UInt8>, _ stream: inout z_stream, _ output: inout [UInt8], after before: Int32) -> Int32 {
    var status = before
    var piece = Array(piece)
    return piece.withUnsafeMutableBufferPointer { bytes in
      stream.next_in = bytes.baseAddress
      stream.avail_in = uInt(bytes.count)
      while stream.avail_in > 0 {
        if status == Z_STREAM_END {
          if stream.next_in.pointee == 0 {
            stream.next_in += 1
            stream.avail_in -= 1
            continue
          }
          inflateReset(&stream)
        }
        status = output.withUnsafeMutableBufferPointer { room in
          stream.next_out = room.baseAddress
          stream.avail_out = uInt(room.count)
          return inflate(&stream, Z_NO_FLUSH)
        }
        guard status == Z_OK || status == Z_STREAM_END || status == Z_BUF_ERROR else { return status }
      }
      return status
    }
  }
}
