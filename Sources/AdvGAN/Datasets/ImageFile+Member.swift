import IO

extension ImageFile {
  /// Decodes a member of an archive, with messages that name it.
  /// - Parameters:
  ///   - name: the member's name.
  ///   - path: the archive or folder.
  static func decode(_ bytes: [UInt8], member name: String, of path: FilePath) throws(FileError) -> Image {
    try naming(name, of: path) { () throws(FileError) in try decode(bytes, from: path) }
  }

  /// Lets errors about an image name the member that it is.
  static func naming<Result>(_ name: String, of path: FilePath, _ body: () throws(FileError) -> Result) throws(FileError) -> Result {
    do throws(FileError) {
      return try body()
    } catch {
      throw FileError(error.kind, path, at: "member '\(name)'", expected: error.expected, found: error.found, advice: error.advice)
    }
  }
}
