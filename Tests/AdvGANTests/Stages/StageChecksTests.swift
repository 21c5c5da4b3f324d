import IO
import Jobs
import Testing

@testable import AdvGAN

/// What only settings and inputs together tell is found when the job file is read, not days later.
@Suite struct StageChecksTests {
  private static let head = """
    version: 1
    stages:
      d: {run: extract, with: {source: folders, archive: x}}
      co: {run: cotrain, needs: {dataset: d}, with: {preset: as-published}}
    """

  private func message(_ stage: String) -> String {
    let registry = StageRegistry([Extract.self, CoTrain.self, FineTune.self, Evaluate.self])
    do {
      _ = try Job(parsing: Self.head + "\n  f: " + stage, file: "job.yaml", registry: registry)
      return ""
    } catch { return "\(error)" }
  }

  @Test(arguments: [
    ("{run: finetune, needs: {dataset: d}, with: {lambda: 0.5}}", "'lambda' is 0.5, which takes generated images"),
    ("{run: finetune, needs: {dataset: d, discriminator: co}, with: {width: 8}}", "come from the discriminator it starts with"),
    ("{run: finetune, needs: {dataset: d}, with: {network: preact-resnet18, batch_norm: true}}", "'preact-resnet18' has no batch norm"),
    ("{run: finetune, needs: {dataset: d}, with: {network: resnet64, batch_norm: true}}", "'resnet64' has no batch norm"),
    ("{run: finetune, needs: {dataset: d}, with: {network: resnet23}}", "did you mean 'resnet32'?"),
    (
      "{run: cotrain, needs: {dataset: d}, with: {network: vgg16}}",
      "must be one of resnet32, resnet64, resnet128, resnet-imagenet, preact-resnet18"
    ),
    ("{run: cotrain, needs: {dataset: d}, with: {epochs: 3, schedule: {from: 4}}}", "'from'"),
    ("{run: finetune, needs: {dataset: d}, with: {epochs: 3, schedule: {peak: 4}}}", "'peak'"),
    ("{run: evaluate, needs: {dataset: d, model: co}, with: {epsilons: [0, 2]}}", "from 0 to 1, but one is '2'"),
    ("{run: evaluate, needs: {dataset: d, model: co}, with: {epsilons: [8/255, 0, 8/255]}}", "an epsilon is named twice"),
    ("{run: evaluate, needs: {dataset: d, model: co}, with: {attacks: []}}", "name at least one attack"),
    ("{run: evaluate, needs: {dataset: d, model: co}, with: {metrics: [local-lipschitz, local-lipschitz]}}", "a metric is named twice"),
    ("{run: evaluate, needs: {dataset: d, model: co}, with: {attacks: [none]}}", "element 1 of 'attacks' in"),
    ("{run: evaluate, needs: {dataset: d, model: co}, with: {splits: []}}", "name at least one split"),
    ("{run: finetune, needs: {dataset: d}, with: {attack: {step: 0}}}", "a 'step' of 0 moves no image"),
    (
      "{run: finetune, needs: {dataset: d}, matrix: {r: [0.30, 0.3, 3e-1]}, with: {rate: \"${r}\"}}",
      "'f@r=0.30' and 'f@r=0.3' have the same settings and inputs"
    ),
    (
      "{run: finetune, needs: {dataset: d}, matrix: {e: [8/255, 8_255]}, with: {attack: {epsilon: 8/255}}}",
      "nothing in stage 'f' names '${e}', so that its matrix would make equal stages"
    ),
  ])
  func refuses(_ stage: String, _ words: String) {
    let found = message(stage)
    #expect(found.contains(words) && found.hasPrefix("job.yaml:5:"), "\(found)")
  }

  @Test(arguments: [
    "{run: finetune, needs: {dataset: d}, with: {network: vgg16, batch_norm: true}}",
    "{run: finetune, needs: {dataset: d, discriminator: co, generator: co}, with: {lambda: 0.5}}",
    "{run: finetune, needs: {dataset: d}, with: {preset: as-published}}",
    "{run: cotrain, needs: {dataset: d}, with: {network: resnet64}}",
    "{run: cotrain, needs: {dataset: d}, with: {network: resnet128, batch_norm: true}}",
  ])
  func accepts(_ stage: String) { #expect(message(stage) == "") }
}
