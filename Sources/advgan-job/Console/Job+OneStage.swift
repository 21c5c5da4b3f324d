import ArgumentParser
import Jobs

extension Job {
  /// The one stage that a name stands for.
  /// - Throws: `UnknownTarget`; `ValidationError` for a target of several stages.
  func oneStage(_ name: String) throws -> JobStage {
    let stages = try stages(for: [name])
    guard stages.count == 1, let stage = stage(stages[0]) else {
      throw ValidationError("'\(name)' stands for \(stages.count) stages; name one of \(stages.joined(separator: ", "))")
    }
    return stage
  }
}
