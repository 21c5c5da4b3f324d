import AdvGAN
import Foundation
import IO
import Jobs
import Synchronization

/// The JSON members that a report is made of: one of them is mutated, the others are sound. The page is made too, with figures that nobody draws.
struct ReportTarget: Target {
  /// The name of the member, or `settings` for what manifests hold.
  let member: String

  static let all = ["evaluation.json", "metrics.jsonl", "quantities.json", "selection.json", "settings"].map { ReportTarget(member: $0) }

  var name: String { "report-\(member.prefix { $0 != "." })" }
  var suffixes: [String] { [".\(member.split(separator: ".").last ?? "json")"] }
  let isJSON = true
  let slowness = 8
  let words = ["epoch", "step", "best", "lipschitz_test", "accuracy_real", "validation_robust", "fraction", "discriminator", "best", "last", "train", "test"]

  func seeds() -> [[UInt8]] { [Array(Self.sound(member).utf8)] }

  private static func sound(_ member: String) -> String {
    switch member {
    case "evaluation.json": evaluation("best")
    case "metrics.jsonl": metrics
    case "quantities.json": "{\"format\":1,\"quantities\":[{\"key\":\"lipschitz_test\",\"title\":\"local Lipschitz value, test images\"}]}"
    case "selection.json": selection
    default: settings
    }
  }

  private static let attack = "{\"kind\":\"pgd\",\"norm\":\"linf\",\"steps\":20,\"step\":\"2/255\",\"random_start\":true,\"restarts\":1,\"counted\":\"every\"}"

  private static func evaluation(_ weights: String) -> String {
    func point(_ epsilon: Int, _ correct: Int) -> String {
      """
      {"epsilon":\(Double(epsilon) / 255),"epsilon_text":"\(epsilon)/255","epsilon_paper_scale":\(Double(2 * epsilon) / 255),"correct":\(correct),\
      "unmeasured":1,"accuracy":\(Double(correct) / 10),"per_class":[{"images":5,"correct":\(correct / 2)},{"images":5,"correct":\(correct - correct / 2)}]}
      """
    }
    let splits = ["train", "test"].map { split in
      """
      {"split":"\(split)","images":10,"images_in_split":12,"class_names":["cat","dog"],"points":[\(point(0, 8)),\(point(2, 5)),\(point(8, 3))],\
      "metrics":[{"key":"local_lipschitz","title":"local Lipschitz value","mean":1.5,"images":10,"unmeasured":1}]}
      """
    }
    return """
      {"format":1,"network":"resnet32","width":16,"attacks":[{"name":"pgd","settings":\(attack)}],\
      "models":[{"weights":"\(weights)","splits":[\(splits.joined(separator: ","))]}]}
      """
  }

  private static let metrics = (1...3).map { epoch in
    """
    {"epoch":\(epoch),"step":\(9 * epoch),"best":true,"learning_rate":0.001,"loss_real":\(2 / Double(epoch)),"loss_discriminator":1.5,"accuracy_real":0.4,\
    "accuracy_fake":0.3,"validation_clean":0.5,"validation_robust":0.25,"lipschitz_train":0.9,"lipschitz_test":1.5}

    """
  }.joined()

  private static let selection = """
    {"format":1,"best_epoch":2,"last_epoch":3,"validation_accuracy_best":0.4,"validation_accuracy_last":0.3,"validation_images":10,\
    "validation_attack":\(attack),"ended_early":false}
    """

  private static let settings = """
    {"loss":"split","epochs":3,"lambda":0.5,"network":"resnet32","sample_classes":["dog"],"attack":{"kind":"pgd","epsilon":"4/255","steps":5},"batch":64}
    """

  private static let job = """
    d: {run: extract, with: {source: folders, archive: x}}
    c: {run: cotrain, needs: {dataset: d}}
    f: {run: finetune, needs: {dataset: d, discriminator: c}}
    ec: {run: evaluate, needs: {dataset: d, model: c}}
    ef: {run: evaluate, needs: {dataset: d, model: f}}
    r:
      run: report
      needs: {dataset: d, evaluations: [ec, ef], histories: [c, f]}
      with: {title: T, baseline: ec, labels: [{stage: c, words: Co-trained}]}
    """

  func read(_ bytes: [UInt8], in scratch: FilePath) throws {
    func file(_ name: String, _ sound: String) -> (String, [UInt8]) { (name, name == member ? bytes : Array(sound.utf8)) }
    let settings = member == "settings" ? try JSON(reading: bytes) : try JSON(parsing: Array(Self.settings.utf8))
    let history = [file("metrics.jsonl", Self.metrics), file("quantities.json", Self.sound("quantities.json"))] as [(String, [UInt8])]
    let samples = (1...2).map { ("samples/epoch-000\($0).png", SmallImage.png(16)) }
    func pack(_ files: [(String, [UInt8])], _ stage: String, _ run: String, _ inputs: [String: [Artifact]]) throws -> Artifact {
      try Artifacts.pack(files, as: stage, run: run, settings: settings, from: inputs, in: scratch)
    }
    let d = try pack([("classes.json", Artifacts.classes)], "d", "extract", [:])
    let c = try pack(history + samples, "c", "cotrain", ["dataset": [d]])
    let f = try pack(history + [file("selection.json", Self.selection)], "f", "finetune", ["dataset": [d], "discriminator": [c]])
    let ec = try pack([("evaluation.json", Array(Self.evaluation("discriminator").utf8))], "ec", "evaluate", ["dataset": [d], "model": [c]])
    let ef = try pack([file("evaluation.json", Self.evaluation("best"))], "ef", "evaluate", ["dataset": [d], "model": [f]])
    _ = try Difference(from: ComparedSide(ec), to: ComparedSide(ef))
    _ = try Difference(from: ComparedSide(c), to: ComparedSide(f))
    let inputs = ["dataset": [d], "evaluations": [ec, ef], "histories": [c, f]]
    try StageBench.run("r", of: StageBench.job(Self.job), inputs, in: scratch)
  }
}

extension JSON {
  /// JSON that must be some to be of use to a target.
  /// - Throws: `UsageError` where it is none.
  init(reading bytes: [UInt8]) throws(UsageError) {
    guard let json = try? JSON(parsing: bytes) else { throw UsageError("no JSON") }
    self = json
  }
}

/// The file `progress.json` of a checkpoint, from which a stage goes on.
struct ResumeTarget: Target {
  /// The stage of the job.
  let stage: String

  static let all = ["cotrain", "finetune", "evaluate"].map { ResumeTarget(stage: $0) }

  var name: String { "resume-\(stage)" }
  let isJSON = true
  var slowness: Int { stage == "cotrain" ? 32 : 8 }
  let words = ["step", "done", "tally", "sums", "weights", "history", "epochs", "quantities", "isFinished", "verdicts", "metrics", "values"]

  private static let job = """
    d: {run: extract, with: {source: folders, archive: x}}
    cotrain: {run: cotrain, needs: {dataset: d}, with: {network: preact-resnet18, width: 1, batch: 2, epochs: 2, attack: none, samples_every: 2}}
    finetune:
      run: finetune
      needs: {dataset: d}
      with: {network: preact-resnet18, width: 1, batch: 2, epochs: 2, attack: none, schedule: constant, validation_images: 2}
    evaluate: {run: evaluate, needs: {dataset: d, model: finetune}, with: {splits: [test], attacks: [fgsm], epsilons: [0, 8/255], batch: 1}}
    """

  /// The inputs of the stage.
  private func inputs(in scratch: FilePath) throws -> [String: [Artifact]] {
    let dataset = try Artifacts.dataset(4, in: scratch)
    guard stage == "evaluate" else { return ["dataset": [dataset]] }
    let files = [("model.json", ModelTarget.description("preact-resnet18")), ("best.safetensors", try Networks.weights("preact-resnet18"))]
    return ["dataset": [dataset], "model": [try Artifacts.pack(files, as: "finetune", run: "finetune", in: scratch)]]
  }

  /// The state after the first unit of work.
  private func state(_ inputs: [String: [Artifact]], in scratch: FilePath) throws -> (step: Int, files: [String: [UInt8]]) {
    do {
      try StageBench.run(stage, of: StageBench.job(Self.job), inputs, stop: StopFlag(), in: scratch)
    } catch is Stopped {}
    guard let state = try StageBench.store(in: scratch).newest() else { throw UsageError("\(stage) saved nothing") }
    return state
  }

  func seeds() throws -> [[UInt8]] {
    try withFolder { folder in [try state(inputs(in: folder), in: folder).files["progress.json"] ?? []] }
  }

  func read(_ bytes: [UInt8], in scratch: FilePath) throws {
    let inputs = try inputs(in: scratch)
    var (step, files) = try state(inputs, in: scratch)
    files["progress.json"] = bytes
    try LocalDisk().removeTree(scratch.appending("out"))
    try StageBench.store(in: scratch).save(step: step, files)
    let passedOver = Mutex<String?>(nil)
    let store = StageBench.store(in: scratch) { words in passedOver.withLock { $0 = words } }
    do {
      try StageBench.run(stage, of: StageBench.job(Self.job), inputs, checkpoints: store, stop: StopFlag(), in: scratch)
    } catch is Stopped {}
    // A state that does not fit is no error of the stage, which begins anew.
    if let words = passedOver.withLock(\.self) { throw UsageError(words) }
  }
}
