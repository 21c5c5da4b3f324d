import IO

/// A result that is made piece by piece. A stage saves states or pieces, never both.
extension CheckpointStore {
  /// Saves a finished piece of the result, durably; unlike states, all pieces are kept until the artifact has landed.
  /// - Parameters:
  ///   - step: how much is done with it; every piece has one of its own, larger than those of the pieces before it. The work of a piece
  ///     that was found damaged is saved again under its old step.
  ///   - total: the last step, if known; for people.
  ///   - files: contents by name, as in a tar; `.checkpoint.json` is taken.
  /// - Throws: ``FileError``; the other pieces are then still there.
  public func append(step: Int, of total: Int? = nil, _ files: [String: [UInt8]]) throws(FileError) {
    precondition(!state.isWhole(step), "CheckpointStore.append: there is a piece of step \(step) already")
    try write(.piece, step: step, of: total, files)
    state.noteAppended(step)
  }

  /// The whole pieces of this fingerprint in order of their steps. Damaged ones are skipped with a warning: the stage does their work
  /// anew. Each piece is read once a run, and its members compared with their digests.
  /// - Parameter pause: called before each piece is read; what it throws ends the reading.
  /// - Throws: ``FileError`` where a piece, or the folder itself, cannot be read: it may be whole.
  public func pieces(pause: () throws -> Void = {}) throws -> [SavedPiece] {
    var pieces: [SavedPiece] = []
    for name in try CheckpointFolder(folder, on: disk).names(of: fingerprint).reversed() {
      try pause()
      let path = folder.appending(name)
      do {
        let piece = try SavedPiece(opening: path)
        guard piece.head.fingerprint == fingerprint else { continue }
        if !state.isWhole(piece.step) { try piece.verify() }
        pieces.append(piece)
      } catch {
        guard let damage = error as? FileError, !damage.isOfTheSystem else { throw error }
        onPassingOver("the piece \(path) is not used: \(damage)")
      }
    }
    let isFirstLook = state.noteFound(pieces.map(\.step))
    if isFirstLook, let newest = pieces.last { onResume(newest.head) }
    return pieces
  }
}

extension FileError {
  /// Whether the file may be whole although it could not be read.
  var isOfTheSystem: Bool { [.io, .permission, .noSpace].contains(kind) }
}
