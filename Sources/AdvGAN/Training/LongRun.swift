import Foundation
import IO
import Jobs
import NN

/// Work of many small units that can be left at any unit, and at some points within one, and taken up again with the same result.
public protocol LongRun {
  /// Units done and units in all.
  var done: Int { get }
  var total: Int { get }
  /// A few words on how it goes.
  var note: String { get }

  /// Does the next unit, or what is left of it.
  ///
  /// `check` is called wherever the unit can be left: between updates, between the steps of an attack, before every batch that is measured. What
  /// it throws is passed on, and the run is then in a state from which it goes on to the same result.
  mutating func advance(_ check: () throws -> Void) throws

  /// Everything that the rest of the run depends on, and back.
  func snapshot() throws -> [String: [UInt8]]
  mutating func restore(_ files: [String: [UInt8]]) throws
}

extension LongRun {
  /// Does the next unit without a chance to leave.
  mutating func advance() throws { try advance({}) }

  /// Runs to the end from the newest checkpoint that fits, else from the beginning; saves one when it is due, and at a stop before leaving
  /// with `Stopped`.
  mutating func drive(in workspace: Workspace, unit: String) throws { try drive(in: workspace, unit: unit) { _, _ in } }

  /// The same, with what comes after the last unit: `ending` gets the run and a chance to leave, which saves a checkpoint too.
  mutating func drive<Result>(
    in workspace: Workspace, unit: String, ending: (Self, _ check: () throws -> Void) throws -> Result
  ) throws -> Result {
    if let restored = try workspace.checkpoints.newest({ try restored(from: $1) }) {
      self = restored
      workspace.log.info("resumed at \(done) of \(total) \(unit)")
    }
    do {
      while done < total {
        try workspace.stop.check()
        try advance(workspace.stop.check)
        workspace.progress.report(done, of: total, unit: unit, note: note)
        if done < total, workspace.checkpoints.due() { try workspace.checkpoints.save(step: done, of: total, snapshot()) }
      }
      return try ending(self, workspace.stop.check)
    } catch let stopped as Stopped {
      try workspace.checkpoints.save(step: done, of: total, snapshot())
      throw stopped
    }
  }

  /// The run as a checkpoint holds it. A copy: what does not fit may be noticed half-way.
  private func restored(from files: [String: [UInt8]]) throws -> Self {
    var run = self
    try run.restore(files)
    return run
  }
}

/// The files of a checkpoint on their way back into a run.
struct CheckpointFiles {
  static let progressName = "progress.json"

  private let files: [String: [UInt8]]
  private let place = FilePath("checkpoint")

  init(_ files: [String: [UInt8]]) { self.files = files }

  /// What a run keeps beside its tensors. `isSound`: whether it can be a state of this run.
  func progress<Progress: Decodable>(_ type: Progress.Type, where isSound: (Progress) -> Bool) throws -> Progress {
    try value(Self.progressName, where: isSound)
  }

  /// The value in a JSON file.
  func value<Value: Decodable>(_ name: String, where isSound: (Value) -> Bool) throws -> Value {
    guard let value = try? JSON.decode(Value.self, bytes(name)), isSound(value) else { throw unfit(name) }
    return value
  }

  func load(_ name: String, into parameters: inout Parameters) throws { try parameters.load(bytes(name), from: place.appending(name)) }

  func restore(_ name: String, _ optimiser: inout any Optimiser, for parameters: Parameters) throws {
    let state = try StateFile.decoded(bytes(name), from: place.appending(name))
    do { try optimiser.restore(state, for: parameters) } catch { throw unfit(name) }
  }

  private func bytes(_ name: String) throws(StageError) -> [UInt8] {
    guard let bytes = files[name] else { throw unfit(name) }
    return bytes
  }

  private func unfit(_ name: String) -> StageError { StageError("its '\(name)' is missing or not this run's") }
}
