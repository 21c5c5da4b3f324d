import IO

extension PictureFile {
  /// Decodes a member of an archive, with messages that name it.
  /// - Parameters:
  ///   - name: the member's name.
  ///   - path: the archive or folder.
  static func decode(_ bytes: [UInt8], member name: String, of path: FilePath) throws(FileError) -> Picture {
    do throws(FileError) {
      return try decode(bytes, from: path)
    } catch {
      throw FileError(error.kind, path, at: "member '\(name)'", expected: error.expected, found: error.found, advice: error.advice)
    }
  }
}
