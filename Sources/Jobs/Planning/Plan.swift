import IO

/// What must happen, stage by stage, and why. Made by ``Planner``, shown by `make -n` and `status`, carried out by ``Runner``.
public struct Plan: Equatable, Sendable {
  /// The wanted stages and all they are made from, every stage after its inputs.
  public let stages: [PlannedStage]
  private let places: [String: Int]

  init(stages: [PlannedStage]) {
    self.stages = stages
    places = Dictionary(stages.enumerated().map { ($1.name, $0) }) { first, _ in first }
  }

  /// Whether nothing must run, and nothing may have to.
  public var isUpToDate: Bool { stages.allSatisfy { $0.decision == .upToDate } }

  /// The plan for one stage; nil where it is not wanted.
  public subscript(_ stage: String) -> PlannedStage? { places[stage].map { stages[$0] } }

  /// `1 run, 1 resume, 1 maybe, 1 up to date`; decisions that do not occur are skipped.
  public var summary: String {
    PlannedStage.Decision.allCases.compactMap { decision in
      let count = stages.count { $0.decision == decision }
      return count == 0 ? nil : "\(count) \(decision.words)"
    }.joined(separator: ", ")
  }
}

/// What happens to one stage.
public struct PlannedStage: Equatable, Sendable {
  public enum Decision: String, CaseIterable, Sendable {
    /// It must run, from the beginning.
    case run
    /// It must run, and goes on from a checkpoint.
    case resume
    /// It waits for a stage that runs, and runs only if that one's artifact comes out different.
    case maybe
    /// Nothing needs to be done.
    case upToDate = "up-to-date"

    /// For people.
    public var words: String { rawValue.replacing("-", with: " ") }
  }

  public let name: String
  public let decision: Decision
  /// In plain words, for people.
  public let reason: String
  /// Of the stage as it would run now; nil while an input is not known.
  public let fingerprint: Digest?
  /// External inputs that are not there although the stage must run, by the stage's own names, sorted.
  public let missing: [String]
  /// Why the stage cannot run although it must: an external input cannot be read, or something else stands in the place of its artifact; in a sentence.
  public let unreadable: String?
  /// Stages whose artifacts are not there although the stage must run, and which this plan does not make (`-o`, `--only`), sorted.
  public let lacking: [String]
}
