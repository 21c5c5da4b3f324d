import IO

/// The published checksum of an archive, to be compared before anything is read from it.
struct ArchiveChecksum: Equatable {
  enum Algorithm: String, CaseIterable {
    /// For archives whose publisher gives nothing better; it detects accidents, not intent.
    case md5
    case sha256

    var digits: Int { self == .md5 ? 32 : 64 }
  }

  let algorithm: Algorithm
  /// Lower case.
  private let hex: String

  /// Nil for anything but the algorithm's number of hexadecimal digits, of either case.
  init?(_ algorithm: Algorithm, _ text: String) {
    guard text.utf8.count == algorithm.digits, text.allSatisfy(\.isHexDigit) else { return nil }
    self.algorithm = algorithm
    hex = text.lowercased()
  }

  /// - Throws: `.damaged` where the file has another checksum; `.unsupported` for a folder, `.missing`, `.permission`.
  /// - Parameter progress: is told after every MiB how many bytes were read, and of how many; what it throws ends the reading.
  func verify(_ path: FilePath, progress: (_ done: Int, _ total: Int) throws -> Void = { _, _ in }) throws {
    let found =
      switch algorithm {
      case .md5: try MD5.hex(ofFile: path, progress: progress)
      case .sha256: try SHA256.digest(ofFile: path, progress: progress).hex
      }
    guard found == hex else {
      throw FileError(
        .damaged, path, expected: "\(algorithm.rawValue) \(hex)", found: found,
        advice: "fetch the archive again, or correct '\(algorithm.rawValue)' in the job file")
    }
  }
}
