import IO

/// A finished piece of a stage's result, saved as one of its checkpoints. It holds where its members lie, and no file open.
public struct SavedPiece: Sendable {
  let head: CheckpointHead
  private let path: FilePath
  private let entries: [TarIndex.Entry]
  private let numbers: [String: Int]

  /// Opens a piece; contents are not compared with their digests here.
  /// - Throws: ``FileError``: `.damaged` for a tar that is cut short, altered, or no piece; `.io`.
  init(opening path: FilePath) throws(FileError) {
    let tar = try TarIndex(path)
    head = try CheckpointHead(of: tar)
    try head.check(membersOf: tar)
    try head.check(kind: .piece, in: path)
    if let misnaming = head.misnaming(of: path) { throw misnaming }
    self.path = path
    entries = Array(tar.entries.dropFirst())
    numbers = Dictionary(entries.enumerated().map { ($1.name, $0) }) { first, _ in first }
  }

  /// How much was done with it.
  public var step: Int { head.step }

  /// Of its members, in byte order.
  public var names: [String] { entries.map(\.name) }

  /// A member's content, compared with its digest.
  /// - Throws: ``FileError``: `.missing` where there is no such member; `.damaged`; `.io`.
  public func bytes(of name: String) throws(FileError) -> [UInt8] {
    let number = try number(of: name)
    let bytes = try TarIndex.bytes(of: entries[number], in: path)
    guard SHA256.digest(of: bytes) == head.members[number].sha256 else { throw head.otherBytes(name, in: path) }
    return bytes
  }

  /// What is known of a member without reading it.
  func member(_ name: String) throws(FileError) -> Manifest.Member { head.members[try number(of: name)] }

  /// Compares every member with its digest.
  /// - Throws: ``FileError``.
  func verify() throws(FileError) {
    if let damage = try head.damages(in: TarIndex(path)).first { throw damage }
  }

  private func number(of name: String) throws(FileError) -> Int {
    guard let number = numbers[name] else {
      throw FileError(.missing, path, at: "member '\(name)'", found: "\(entries.count) other members", advice: "check the name")
    }
    return number
  }
}
