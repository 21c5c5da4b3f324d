import IO
import Synchronization

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

/// Members of saved pieces that become members of an artifact when it is packed, without files of their own.
public final class PieceMembers: Sendable {
  /// One of them.
  struct Reference: Sendable {
    /// Under its name in the artifact.
    let member: Manifest.Member
    let piece: SavedPiece
    let nameInPiece: String

    func bytes() throws(FileError) -> [UInt8] { try piece.bytes(of: nameInPiece) }
  }

  private let references = Mutex<[String: Reference]>([:])

  public init() {}

  /// - Parameter folder: of the stage's output, for messages.
  /// - Throws: ``FileError``: `.missing` where the piece has no such member; `.unsupported` for a name that was added before.
  func add(_ name: String, from piece: SavedPiece, _ member: String, folder: FilePath) throws(FileError) {
    let there = try piece.member(member)
    let reference = Reference(
      member: Manifest.Member(name: name, size: there.size, sha256: there.sha256), piece: piece, nameInPiece: member)
    guard references.withLock({ $0.updateValue(reference, forKey: name) }) == nil else { throw PieceMembers.twice(name, folder) }
  }

  /// In no particular order.
  var all: [Reference] { references.withLock { Array($0.values) } }

  static func twice(_ name: String, _ folder: FilePath) -> FileError {
    FileError(
      .unsupported, folder.appending(name), expected: "a new name for each member", found: "one that is taken",
      advice: "let the stage choose another name")
  }
}
