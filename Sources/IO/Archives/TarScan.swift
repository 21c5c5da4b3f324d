import SystemPackage

/// Walks over the members of a tar as `TarWriter` makes it, and holds it to every byte outside the contents.
///
/// What lies between two large contents comes with one read, and small contents with it.
struct TarScan {
  private let file: InputFile
  private var window = [UInt8](repeating: 0, count: 4096)
  /// What of the file is in the window.
  private var held = 0..<0
  /// Behind the last member, with the zeros that fill its block.
  private var end = 0

  init(of file: InputFile) { self.file = file }

  /// The next member; nil at the end.
  /// - Throws: as ``TarIndex/init(_:)`` says.
  mutating func next() throws(FileError) -> TarIndex.Entry? {
    do throws(FileError) {
      return try member()
    } catch {
      throw end == 0 ? otherArchive() ?? error : error
    }
  }

  private mutating func member() throws(FileError) -> TarIndex.Entry? {
    guard file.size - end > 2 * TarHeader.blockSize, let header = try bytes(at: end, count: TarHeader.blockSize), header[0] != 0 else {
      try checkEnd()
      return nil
    }
    let entry = try entry(header)
    let padding = TarHeader.padding(behind: entry.size)
    guard try bytes(at: entry.offset + entry.size, count: padding)?.allSatisfy({ $0 == 0 }) == true else {
      throw FileError(
        .damaged, file.path, at: "member '\(entry.name)'", expected: "zeros behind it up to the end of its block", found: "other bytes",
        advice: "make the tar again")
    }
    end = entry.offset + entry.size + padding
    return entry
  }

  private func entry(_ header: [UInt8]) throws(FileError) -> TarIndex.Entry {
    guard let (name, size) = TarHeader.parse(header) else { throw otherHeader("byte \(end)") }
    guard !TarHeader.isOfNoFile(header) else {
      throw FileError(.unsupported, file.path, at: "byte \(end)", expected: "a file in a plain ustar archive", advice: "make the tar again")
    }
    guard MemberName.isPlain(name) else {
      throw FileError(
        .unsafe, file.path, at: "byte \(end)", expected: "a plain name that stays in its folder", found: String(reflecting: name),
        advice: "check where the archive comes from")
    }
    guard header == TarHeader.bytes(name: name, size: size) else { throw otherHeader("member '\(name)'") }
    let offset = end + TarHeader.blockSize
    guard size <= file.size - offset else {
      throw FileError(
        .damaged, file.path, at: "member '\(name)'", expected: "\(size) bytes", found: "the end of the file",
        advice: "the tar was cut short: make it again")
    }
    return TarIndex.Entry(name: name, offset: offset, size: size)
  }

  /// Nothing may follow the last member but the two blocks of zeros.
  private mutating func checkEnd() throws(FileError) {
    let size = 2 * TarHeader.blockSize
    guard file.size - end == size, try bytes(at: end, count: size)?.allSatisfy({ $0 == 0 }) == true else {
      if end == 0 { throw FileError(.damaged, file.path, expected: "a tar", found: "another kind of file", advice: "check the name") }
      throw FileError(
        .damaged, file.path, at: "byte \(end)", expected: "\(size) zero bytes as the end",
        found: "\(file.size - end) bytes, not all of them zero", advice: "the tar was cut short or added to: make it again")
    }
  }

  /// Bytes of the file, at most as many as fit into the window; nil where it ends before.
  private mutating func bytes(at place: Int, count: Int) throws(FileError) -> [UInt8]? {
    if place < held.lowerBound || place + count > held.upperBound { held = place..<(place + (try file.read(at: place, into: &window))) }
    guard place + count <= held.upperBound else { return nil }
    return Array(window[(place - held.lowerBound)..<(place - held.lowerBound + count)])
  }

  private func otherHeader(_ place: String) -> FileError {
    FileError(
      .damaged, file.path, at: place, expected: "the header that this program writes", found: "another", advice: "make the tar again")
  }

  /// What is to be said of an archive of another kind; nil where it is none, or a tar.
  private func otherArchive() -> FileError? {
    guard let reader = try? ArchiveReader(path: file.path) else { return nil }
    _ = try? reader.next()
    if reader.isPlainTar { return nil }
    return FileError(.unsupported, file.path, expected: "a plain ustar archive", found: "another archive", advice: "make the tar again")
  }
}
