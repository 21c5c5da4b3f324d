import IO
import Jobs

/// What a person names where an artifact is meant: its path, or a stage of the job file.
enum ArtifactArgument {
  /// The path; nil for what is to be looked up in the job file.
  static func path(_ word: String) -> FilePath? { word.hasSuffix(".tar") || word.contains("/") ? FilePath(word) : nil }

  /// The artifact's path, looked up where the word is none.
  static func path(_ word: String, of job: @autoclosure () throws -> Job) throws -> FilePath {
    if let path = path(word) { return path }
    let job = try job()
    return StoreLayout(folder: job.artifacts).artifact(try job.oneStage(word).name)
  }

  /// An artifact that was read from end to end: what two manifests say of damaged members means nothing.
  static func whole(_ path: FilePath) throws(FileError) -> Artifact {
    let artifact = try Artifact(opening: path)
    try artifact.verify()
    return artifact
  }

  /// The record beside an artifact.
  static func record(for path: FilePath, on disk: any Disk) -> RunRecord? {
    Store(at: path.removingLastComponent(), on: disk, time: Surroundings.time).record(of: path.stem ?? "")
  }
}
