import IO
import Jobs
import NN

/// The stage `cotrain`: generator, discriminator and attacker together (paper Sec. 3.3, step 1).
public struct CoTrain: Stage {
  public static let name = "cotrain"
  public static let summary = "co-training of generator, discriminator and attacker"
  public static let version = 1
  public static let roles: [InputRole] = [.one("dataset")]

  private let settings: CoTrainingSettings

  public init(_ settings: inout SettingsReader) throws { self.settings = try CoTrainingSettings(&settings) }

  public func run(_ workspace: Workspace) throws {
    let dataset = try Dataset(artifact: workspace["dataset"])
    var run = try CoTrainingRun(settings, dataset, on: workspace.backend(settings.convolution))
    defer { workspace.log(run.batches.waiting) }
    let results = try run.drive(in: workspace, unit: "steps") { try $0.results($1) }
    for (name, bytes) in results.sorted(by: { $0.key < $1.key }) { try workspace.write(name, bytes) }
  }
}
