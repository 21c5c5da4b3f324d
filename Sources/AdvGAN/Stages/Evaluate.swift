import IO
import Jobs
import NN

/// The stage `evaluate`: accuracy under attacks, and metrics, of a co-trained discriminator or a fine-tuned classifier.
public struct Evaluate: Stage {
  public static let name = "evaluate"
  public static let summary = "accuracy under attacks and local Lipschitz values of a model"
  public static let version = 1
  public static let roles: [InputRole] = [.one("dataset"), .one("model")]

  private let plan: EvaluationPlan

  public init(_ settings: inout SettingsReader) throws { plan = try EvaluationPlan(&settings) }

  public func run(_ workspace: Workspace) throws {
    let artifact = workspace["model"]
    let description = try ModelDescription(of: artifact)
    let dataset = try Dataset(artifact: workspace["dataset"], only: Set(plan.splits))
    try description.require(classes: dataset.classes, in: artifact)
    let backend = try workspace.backend(plan.convolution)
    let models = try artifact.classifierWeights.map { weights in
      (weights.rawValue, try DiscriminatorModel(description, artifact, weights: weights, on: backend))
    }
    var run = try EvaluationRun(plan, dataset.fitted(to: description.kind()), models)
    try run.drive(in: workspace, unit: "batches")
    for remark in plan.remarks { workspace.log.warning("\(remark)") }
    let document = try run.document(network: description.network, width: description.width)
    for remark in document.unmeasuredRemarks { workspace.log.warning("\(remark)") }
    try workspace.write(EvaluationDocument.member, document.encoded)
  }
}
