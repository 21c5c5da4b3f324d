import IO

/// What an artifact was made from, and what that was made from, as far as the artifacts beside it tell.
public struct Provenance: Sendable {
  public enum State: String, Sendable {
    /// The artifact is still the one that was used.
    case unchanged
    /// Another artifact has its name now; what the one that was used was made from is not known.
    case replaced
    case missing
    case damaged
  }

  public struct Link: Equatable, Sendable {
    /// 0 for the artifact's own inputs, 1 for what these were made from.
    public let depth: Int
    public let role: String
    public let stage: String
    /// What it was then.
    public let content: Digest
    public let state: State
    /// Of an unchanged artifact: digests of the files from outside that it was made from.
    public let external: [String: Digest]
  }

  /// Each artifact before what it was made from; what an artifact was made from stands below its first place only.
  public private(set) var links: [Link] = []
  private let layout: StoreLayout
  private var seen: Set<String> = []

  /// - Parameter folder: where the artifacts lie.
  public init(of manifest: Manifest, in folder: FilePath) {
    layout = StoreLayout(folder: folder)
    seen = [manifest.stage]
    add(manifest, depth: 0)
  }

  private mutating func add(_ manifest: Manifest, depth: Int) {
    for (role, inputs) in manifest.inputs.sorted(by: { $0.key < $1.key }) {
      for input in inputs {
        let (state, source) = look(input)
        links.append(
          Link(depth: depth, role: role, stage: input.stage, content: input.digest, state: state, external: source?.external ?? [:]))
        if let source, seen.insert(input.stage).inserted { add(source, depth: depth + 1) }
      }
    }
  }

  /// - Returns: also the manifest of an artifact that is unchanged.
  private func look(_ input: Manifest.Input) -> (State, Manifest?) {
    // A manifest may name anything; only names of stages are names of files here.
    guard StageName.isExpanded(input.stage) else { return (.missing, nil) }
    do throws(FileError) {
      let manifest = try Artifact(opening: layout.artifact(input.stage)).manifest
      return manifest.content == input.digest ? (.unchanged, manifest) : (.replaced, nil)
    } catch {
      return (error.kind == .missing ? .missing : .damaged, nil)
    }
  }
}
