import Foundation
import IO

/// One of two things that are compared: an artifact, what a record remembers of one, or a stage as it would be made now.
public struct ComparedSide: Sendable {
  /// What it is, for people.
  public let title: String
  let run: String
  let version: Int
  let settings: JSON
  /// By role; a content that is not known is nil.
  let inputs: [String: [(stage: String, content: Digest?)]]
  let external: [String: Digest]
  /// nil where members and figures are not known.
  let artifact: Artifact?

  /// An artifact, whose members can be looked into.
  public init(_ artifact: Artifact) { self.init(artifact.manifest, title: artifact.path.string, artifact: artifact) }

  /// What a record file says of its artifact.
  /// - Throws: ``FileError``, `.damaged` where the file is no record.
  public init(recordAt path: FilePath, on disk: any Disk) throws(FileError) {
    let bytes = try disk.read(path)
    guard let record = try? JSON.decode(RunRecord.self, bytes), record.manifest.hasOwnFingerprint else {
      throw FileError(.damaged, path, expected: "the record of a run", found: "something else", advice: "name a file of .advgan/records")
    }
    self.init(record.manifest, title: path.string, artifact: nil)
  }

  /// A stage as the job file has it, with inputs and external files as they are now. What is missing outside counts as unchanged.
  public init(_ stage: JobStage, in listing: Listing, of job: Job, last manifest: Manifest) {
    title = "\(job.file) as it is now"
    run = stage.kind
    version = stage.version
    settings = stage.settings
    inputs = stage.needs.mapValues { $0.map { ($0, listing.content(of: $0)) } }
    external = listing.external(of: stage.name, last: manifest)
    artifact = nil
  }

  private init(_ manifest: Manifest, title: String, artifact: Artifact?) {
    (self.title, self.artifact) = (title, artifact)
    run = manifest.run
    version = manifest.version
    settings = manifest.settings
    inputs = manifest.inputs.mapValues { $0.map { ($0.stage, $0.digest) } }
    external = manifest.external
  }
}
