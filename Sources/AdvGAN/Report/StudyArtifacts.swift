import IO
import Jobs

extension StageSummary {
  /// What a manifest says.
  init(_ manifest: Manifest) {
    name = manifest.stage
    kind = manifest.run
    digest = manifest.content.hex
    settings = Self.flattened(manifest.settings, "").sorted { $0.name < $1.name }
    inputs = manifest.inputs.sorted { $0.key < $1.key }.flatMap { role, inputs in
      inputs.map { Input(role: role, stage: $0.stage, digest: $0.digest.hex) }
    }
  }

  /// `{"attack": {"steps": 5}}` becomes `attack.steps`: `5`; lists of single values are joined by commas.
  private static func flattened(_ settings: JSON, _ name: String) -> [Setting] {
    switch settings {
    case .object(let members):
      members.flatMap { key, value in flattened(value, name.isEmpty ? key : "\(name).\(key)") }
    case .array(let elements):
      [Setting(name: name, value: elements.map(words).joined(separator: ", "))]
    default:
      [Setting(name: name, value: words(settings))]
    }
  }

  private static func words(_ value: JSON) -> String { value.text ?? value.canonical }
}

extension Study.Evaluated {
  /// Reads the artifact of an `evaluate` stage.
  /// - Throws: `FileError` for a damaged member, `StageError` for an artifact of another kind.
  init(_ artifact: Artifact) throws {
    let manifest = artifact.manifest
    guard manifest.run == "evaluate" else {
      throw StageError(
        "the role 'evaluations' of a report takes stages that run 'evaluate', but '\(manifest.stage)' runs '\(manifest.run)': name its evaluation"
      )
    }
    let bytes = try artifact.bytes(of: EvaluationDocument.member)
    self.init(stage: StageSummary(manifest), document: try EvaluationDocument.read(bytes, from: artifact.path))
  }
}

extension Study.Trained {
  /// Reads the artifact of a training: its metrics, and its selection and samples where it has them.
  /// - Throws: `FileError` for a damaged member, `StageError` for an artifact without metrics.
  init(_ artifact: Artifact) throws {
    let manifest = artifact.manifest
    guard artifact.has(TrainingHistory.member) else {
      throw StageError(
        "the role 'histories' of a report takes trainings, but '\(manifest.stage)' runs '\(manifest.run)' and has no "
          + "'\(TrainingHistory.member)': name a stage that runs cotrain or finetune")
    }
    let history = try TrainingHistory.read(
      artifact.bytes(of: TrainingHistory.member), quantities: artifact.bytes(of: TrainingHistory.quantitiesMember), from: artifact.path,
      madeBy: manifest.run)
    var selection: SelectionDocument?
    if artifact.has(SelectionDocument.member) {
      selection = try SelectionDocument.read(artifact.bytes(of: SelectionDocument.member), from: artifact.path)
    }
    let samples = try manifest.members.compactMap { try SampleImage($0.name, in: artifact) }
    self.init(
      stage: StageSummary(manifest), history: history, selection: selection, samples: samples,
      sampledClasses: manifest.settings["sample_classes"]?.elements?.compactMap(\.text))
  }
}

extension SampleImage {
  /// The member `samples/epoch-0010.png` of an artifact; nil for members of other names.
  init?(_ member: String, in artifact: Artifact) throws {
    guard let match = member.wholeMatch(of: /samples\/epoch-([0-9]{1,9})\.png/), let epoch = Int(match.1) else { return nil }
    let png = try artifact.bytes(of: member)
    let image = try PNG.decode(png, from: artifact.path)
    self.init(epoch: epoch, png: png, width: image.width, height: image.height)
  }
}
