import Foundation
import IO
import Jobs
import NN

/// The files of a checkpoint on their way back into a run.
struct CheckpointFiles {
  static let progressName = "progress.json"

  private let files: [String: [UInt8]]
  private let place = FilePath("checkpoint")

  init(_ files: [String: [UInt8]]) { self.files = files }

  /// What a run keeps beside its tensors. `isSound`: whether it can be a state of this run.
  func progress<Progress: Decodable>(_ type: Progress.Type, where isSound: (Progress) -> Bool) throws -> Progress {
    guard let progress = try? JSONDecoder().decode(type, from: Data(bytes(Self.progressName))), isSound(progress) else {
      throw unfit(Self.progressName)
    }
    return progress
  }

  func load(_ name: String, into parameters: inout Parameters) throws {
    try parameters.load(bytes(name), from: place.appending(name))
  }

  func restore(_ name: String, _ optimiser: inout any Optimiser, for parameters: Parameters) throws {
    let state = try StateFile.decoded(bytes(name), from: place.appending(name))
    do { try optimiser.restore(state, for: parameters) } catch { throw unfit(name) }
  }

  private func bytes(_ name: String) throws(StageError) -> [UInt8] {
    guard let bytes = files[name] else { throw unfit(name) }
    return bytes
  }

  private func unfit(_ name: String) -> StageError {
    StageError("its '\(name)' is missing or not this run's")
  }
}
