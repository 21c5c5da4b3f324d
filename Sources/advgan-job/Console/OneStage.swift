import ArgumentParser
import Jobs

extension Job {
  /// The one stage that a name stands for.
  /// - Throws: `UnknownTarget`; `ValidationError` for a target of several stages.
  func oneStage(_ name: String) throws -> String {
    let stages = try stages(for: [name])
    guard stages.count == 1 else {
      throw ValidationError("'\(name)' stands for \(stages.count) stages; name one of \(stages.joined(separator: ", "))")
    }
    return stages[0]
  }
}
