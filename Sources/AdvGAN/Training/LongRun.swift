import Jobs

/// Work of many small units that can be left at any unit and taken up again with the same result.
public protocol LongRun {
  /// Units done and units in all.
  var done: Int { get }
  var total: Int { get }
  /// A few words on how it goes.
  var note: String { get }

  mutating func advance() throws

  /// Everything that the rest of the run depends on, and back.
  func snapshot() throws -> [String: [UInt8]]
  mutating func restore(_ files: [String: [UInt8]]) throws
}

extension LongRun {
  /// Runs to the end from the newest checkpoint; saves one when it is due, and at a stop before leaving with `Stopped`.
  mutating func drive(in workspace: Workspace, unit: String) throws {
    if let saved = try workspace.checkpoints.newest() {
      try restore(saved.files)
      workspace.log.info("resumed at \(done) of \(total) \(unit)")
    }
    while done < total {
      if workspace.stop.reason != nil {
        try workspace.checkpoints.save(step: done, of: total, snapshot())
        throw Stopped()
      }
      try advance()
      workspace.progress.report(done, of: total, unit: unit, note: note)
      if done < total, workspace.checkpoints.due() { try workspace.checkpoints.save(step: done, of: total, snapshot()) }
    }
  }
}
