import IO
import Synchronization

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
    guard references.withLock({ $0.updateValue(reference, forKey: name) }) == nil else {
      throw PieceMembers.twice(name, folder)
    }
  }

  /// In no particular order.
  var all: [Reference] { references.withLock { Array($0.values) } }

  static func twice(_ name: String, _ folder: FilePath) -> FileError {
    FileError(
      .unsupported, folder.appending(name), expected: "a new name for each member", found: "one that is taken",
      advice: "let the stage choose another name")
  }
}
