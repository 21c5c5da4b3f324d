import IO

public struct SavedPiece: Sendable { public let step: Int; public let names: [String]; public let path: FilePath; public func bytes(of name: String) throws(FileError) -> [UInt8] { [] } }
extension CheckpointStore {
  public func append(step: Int, of total: Int?, _ files: [String: [UInt8]]) throws(FileError) -> SavedPiece { fatalError() }
  public func pieces() throws(FileError) -> [SavedPiece] { [] }
}
extension Workspace { public func add(_ name: String, from piece: SavedPiece, _ member: String) throws(FileError) {} }
