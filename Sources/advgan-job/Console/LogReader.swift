import IO

/// Reads a log line by line while it may be growing, and notices when a new run begins it anew.
struct LogReader {
  private let path: FilePath
  private var file: InputFile
  /// Bytes read of the file.
  private var place = 0
  /// A line whose end has not come yet.
  private var rest: [UInt8] = []

  /// Longer lines are handed out in pieces, in bytes.
  static let longestLine = 1 << 16

  /// - Throws: ``FileError``, `.missing` among others.
  init(_ path: FilePath) throws(FileError) {
    self.path = path
    file = try InputFile(path)
  }

  /// Some more lines, fit for a terminal; nil where nothing more is there yet.
  mutating func next() throws(FileError) -> [String]? {
    var buffer = [UInt8](repeating: 0, count: LogReader.longestLine)
    let count = try file.read(into: &buffer)
    if count == 0 { return nil }
    place += count
    rest += buffer.prefix(count)
    var lines = rest.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false)
    let last = lines.removeLast()
    rest = last.count > LogReader.longestLine ? [] : Array(last)
    if rest.isEmpty, !last.isEmpty { lines.append(last) }
    return lines.map(LogReader.text)
  }

  /// The last line, where nothing ended it.
  mutating func unfinished() -> [String] {
    defer { rest = [] }
    return rest.isEmpty ? [] : [LogReader.text(rest[...])]
  }

  /// Goes over to the log that a new run has begun under the same name, or in the same file; to be called when nothing more is there.
  /// - Returns: whether there is one.
  mutating func followReplacement(on disk: any Disk) throws(FileError) -> Bool {
    guard let status = try disk.status(path), status.inode != file.inode || status.size < place else { return false }
    do throws(FileError) {
      file = try InputFile(path)
    } catch  where error.kind == .missing {
      return false
    }
    place = 0
    return true
  }

  private static func text(_ line: ArraySlice<UInt8>) -> String { Printable.text(String(decoding: line, as: UTF8.self)) }
}
