import CArchive
import SystemPackage

/// Where libarchive gets the bytes of an archive that it does not open by name.
protocol ArchiveSource: AnyObject {
  /// What went wrong with the bytes themselves: more telling than what libarchive makes of it.
  var error: FileError? { get }
  /// The next piece, in a buffer that stays valid until the next call; empty at the end, `nil` after an error.
  func nextPiece() -> UnsafeRawBufferPointer?
  /// Passes over at most `count` bytes without reading them.
  /// - Returns: how many; 0 where they have to be read.
  func skip(_ count: Int) -> Int
}

/// The current member of another archive, which cannot pass over anything unread.
final class MemberSource: ArchiveSource {
  private let outer: ArchiveReader
  private(set) var error: FileError?
  private let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: 1 << 16, alignment: 16)
  private let memberNumber: Int

  init(_ outer: ArchiveReader) {
    self.outer = outer
    memberNumber = outer.memberNumber
  }

  deinit { buffer.deallocate() }

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

  func skip(_ count: Int) -> Int { 0 }
}

/// A stretch of a file. What is skipped is never read.
final class SectionSource: ArchiveSource {
  private let section: FileSection
  private(set) var error: FileError?
  private var place = 0
  private let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: 1 << 15, alignment: 16)

  init(_ section: FileSection) { self.section = section }

  deinit { buffer.deallocate() }

  func nextPiece() -> UnsafeRawBufferPointer? {
    let piece = UnsafeMutableRawBufferPointer(rebasing: buffer.prefix(section.size - place))
    do throws(FileError) {
      try section.read(into: piece, at: place)
    } catch {
      self.error = error
      return nil
    }
    place += piece.count
    return UnsafeRawBufferPointer(piece)
  }

  func skip(_ count: Int) -> Int {
    let step = min(max(count, 0), section.size - place)
    place += step
    return step
  }
}
