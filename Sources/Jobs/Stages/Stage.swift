import IO

/// One kind of work, named by `run:` in the job file.
///
/// A value of a stage is its settings. The same settings and inputs must give the same bytes, with any number of threads.
public protocol Stage: Sendable {
  /// The word after `run:`.
  static var name: String { get }

  /// One line on what it does, without a full stop.
  static var summary: String { get }

  /// Counts changes of the bytes this kind makes; raising it makes every artifact of the kind stale.
  static var version: Int { get }

  /// The names allowed under `needs`.
  static var roles: [InputRole] { get }

  /// Reads and checks the settings (`with:`); their defaults stand here once. Unknown keys are rejected by the caller.
  init(_ settings: inout SettingsReader) throws

  /// Checks what settings and inputs only tell together, before anything runs.
  /// - Parameters:
  ///   - needs: names of its input stages by role; a role without any is absent.
  ///   - upstream: finds all stages that it is made from, its inputs' inputs among them.
  /// - Throws: ``StageError``, which is shown at the stage's settings in the job file.
  func check(needs: [String: [String]], upstream: () -> Set<String>) throws(StageError)

  /// Files or folders from outside, or parts of them, by a name of the stage's choice. Their content (of a folder: its sorted tree) enters
  /// the fingerprint, their paths do not.
  var externalInputs: [String: ExternalInput] { get }

  /// Does the work: reads `workspace.inputs`, writes files below `workspace.output`.
  /// - Throws: ``Stopped`` after the stop flag made it checkpoint and leave; ``FileError``, ``StageError`` or ``JobFileError`` for what
  ///   went wrong, in one sentence.
  func run(_ workspace: Workspace) throws

  /// Files that ``publish(_:records:into:on:)`` writes, relative to its folder. The runner publishes again when one of them is missing.
  /// - Parameter stage: the stage's name in the job file, such as `report`.
  func publishedFiles(stage: String) -> [String]

  /// Whether a file in the place of one that it publishes is by this program, by its first 4,096 bytes: nothing else is replaced or removed.
  func hasPublished(_ start: [UInt8]) -> Bool

  /// Puts a copy for people beside the artifact. Called after the artifact landed, and when a published file is missing.
  /// - Parameters:
  ///   - artifact: the artifact that landed.
  ///   - records: the run records of the stage and of everything it was made from, by stage name; a record that is lost is absent.
  ///   - folder: the folder of the artifacts, such as `artifacts/cifar10`.
  func publish(_ artifact: Artifact, records: [String: RunRecord], into folder: FilePath, on disk: any Disk) throws
}

extension Stage {
  public func check(needs: [String: [String]], upstream: () -> Set<String>) throws(StageError) {}

  public var externalInputs: [String: ExternalInput] { [:] }

  public func publishedFiles(stage: String) -> [String] { [] }

  public func hasPublished(_ start: [UInt8]) -> Bool { true }

  public func publish(_ artifact: Artifact, records: [String: RunRecord], into folder: FilePath, on disk: any Disk) throws {}
}

/// A name allowed under a stage's `needs`, and how many stages it takes.
public struct InputRole: Hashable, Sendable {
  public let name: String
  public let isList: Bool
  public let isRequired: Bool

  /// Exactly one stage.
  public static func one(_ name: String) -> InputRole { InputRole(name: name, isList: false, isRequired: true) }
  /// One stage or none.
  public static func optional(_ name: String) -> InputRole { InputRole(name: name, isList: false, isRequired: false) }
  /// One stage or more; a matrix may be named by its group.
  public static func many(_ name: String) -> InputRole { InputRole(name: name, isList: true, isRequired: true) }
  /// Any number of stages, none included.
  public static func any(_ name: String) -> InputRole { InputRole(name: name, isList: true, isRequired: false) }
}

/// The kinds of stages a program knows, by the word after `run:`. A value, handed in by the executable.
public struct StageRegistry: Sendable {
  private let types: [String: any Stage.Type]
  /// All kinds, in the order they were given.
  public let all: [any Stage.Type]

  /// Two types of one name are a programmer's mistake.
  public init(_ types: [any Stage.Type]) {
    all = types
    self.types = Dictionary(types.map { ($0.name, $0) }) { first, second in
      preconditionFailure("StageRegistry: \(first) and \(second) are both named '\(first.name)'")
    }
  }

  /// The type behind a word; nil where it is not known.
  public subscript(_ name: String) -> (any Stage.Type)? { types[name] }

  /// All words, sorted.
  public var names: [String] { types.keys.sorted() }
}

extension [Setting] {
  /// All settings of a kind of stage, with their defaults.
  public init(of kind: any Stage.Type) { self.init(askedForBy: { _ = try kind.init(&$0) }) }
}
