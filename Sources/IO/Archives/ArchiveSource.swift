import CArchive
import SystemPackage

/// Feeds libarchive with the current member of another archive.
final class ArchiveSource {
  let outer: ArchiveReader
  /// The outer archive's own error, more telling than what libarchive makes of it.
  private(set) var error: FileError?
  private let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: 1 << 16, alignment: 16)
  private let memberNumber: Int

  init(_ outer: ArchiveReader) {
    self.outer = outer
    memberNumber = outer.memberNumber
  }

  deinit { buffer.deallocate() }

  /// The next piece, in a buffer that stays valid until the next call; empty at the end, `nil` after an error.
  func nextPiece() -> UnsafeRawBufferPointer? {
    precondition(memberNumber == outer.memberNumber, "ArchiveReader: the outer archive went on while a nested one was being read")
    do throws(FileError) {
      let count = try outer.read(into: buffer)
      return UnsafeRawBufferPointer(rebasing: buffer.prefix(count))
    } catch {
      self.error = error
      return nil
    }
  }
}
