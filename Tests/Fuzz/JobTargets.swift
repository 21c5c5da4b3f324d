import AdvGAN
import Foundation
import IO
import Jobs

/// Job files, and the plan of what they ask for.
struct JobFileTarget: Target {
  let name = "job-file"
  let suffixes = [".yaml", ".yml"]
  /// JSON is YAML.
  let isJSON = true
  let slowness = 4
  let words = [
    "&a", "*a", "<<: *a", "!!binary", "? [", "matrix: {a: [1, 2]}", "${a}", "@", "\t", "---\n", "\u{FEFF}", "needs: {dataset: d}", "~", "|\n",
    "{{{{{{{{", "matrix", "needs", "with", "run", "network", "attack", "schedule", "epsilons", "targets", "resources", "checkpoint", "${seed}",
    "1/255", "2.5 epsilon / steps",
  ]

  private static let job = """
    {"version":1,"artifacts":"a","checkpoint":{"every":"10min","keep":2},"stages":{
    "d":{"run":"extract","with":{"source":"folders","archive":"x.tar","validation":10}},
    "i":{"run":"extract","with":{"source":"imagenet","archive":"x","classes":"151..<294","val_archive":"y","val_labels":"z","size":64,"broken_share":0.1}},
    "c":{"run":"cotrain","needs":{"dataset":"d"},"matrix":{"loss":["split","acgan"],"seed":[0,1]},"resources":{"cpus":4,"memory":"8G","time":"1-00:00:00"},
    "with":{"network":"resnet32","width":8,"loss":"${loss}","seed":"${seed}","epochs":4,"batch":64,"rate":0.001,"schedule":{"kind":"linear","from":2},
    "attack":{"kind":"pgd","epsilon":"8/255","steps":5,"step":"2/255"},"samples_every":1,"sample_rows":6,"monitor":{"images":20}}},
    "f":{"run":"finetune","needs":{"dataset":"d","discriminator":"c@loss=split,seed=0","generator":"c@loss=split,seed=0"},
    "matrix":{"lambda":[0,0.3]},
    "with":{"lambda":"${lambda}","schedule":{"kind":"multi-step","at":[1,2]},
    "optimiser":{"kind":"adam","weight_decay":0},"augmentation":{"flips":true,"shift":2}}},
    "e":{"run":"evaluate","needs":{"dataset":"d","model":"f@lambda=${lambda}"},"matrix":{"lambda":[0,0.3]},
    "with":{"splits":["train","test"],"limit":50,"epsilons":[0,"8/255"],"attacks":["fgsm",{"kind":"pgd","steps":3}]}},
    "r":{"run":"report","needs":{"evaluations":["e"],"histories":["c","f"]},"with":{"title":"T","labels":[{"stage":"c@loss=split,seed=0","words":"C"}]}}},
    "targets":{"all":["r"],"quick":"e"}}
    """

  func seeds() -> [[UInt8]] {
    [
      Self.job,
      """
      version: 1
      artifacts: a
      stages:
        d: {run: extract, with: {source: folders, archive: x.tar, validation: 10}}
        c:
          run: cotrain
          needs: {dataset: d}
          matrix: {loss: [split, acgan], seed: [0, 1]}
          with: &w {network: resnet32, width: 8, loss: "${loss}", seed: "${seed}", attack: {kind: pgd, epsilon: 8/255, steps: 5}}
        f: {run: finetune, needs: {dataset: d}, with: {network: vgg16, width: 2, schedule: {kind: multi-step, at: [1, 2]}}}
        e: {run: evaluate, needs: {dataset: d, model: f}, with: {epsilons: [0, 8/255], attacks: [fgsm, {kind: pgd, steps: 3}]}}
        r: {run: report, needs: {evaluations: [e]}, with: {labels: [{stage: f, words: "F"}]}}
      targets: {all: [r], quick: e}
      """,
      "version: 1\nstages: &s\n  a: {run: extract, with: {source: cifar10, archive: y}}\n",
    ].map { Array($0.utf8) }
  }

  func read(_ bytes: [UInt8], in scratch: FilePath) throws {
    let job = try Job(parsing: bytes, file: "x.yaml", registry: StageBench.registry)
    let targets = try job.stages(for: [])
    // What a mutated path leads to is nothing to wait for.
    let store = Store(at: scratch, on: LocalDisk(), time: { 1 }, reading: { _, done, _ in if done > 1 << 20 { throw Stopped() } })
    do {
      _ = try store.status(of: store.plan(Request(targets), of: job), seenFrom: "here")
    } catch is Stopped {}
  }
}

/// The state beside artifacts: records, progress, owners, notes of Slurm jobs, digests of inputs, checkpoints. Every mutated file stands for each
/// of them.
struct StateTarget: Target {
  let name = "state"
  let isJSON = true
  let words = [
    "manifest", "holder", "fingerprint", "status", "members", "\"members\":[[[[", "\"seconds\":1e999", "run", "accepted", "started", "kind", "piece",
    "slurmJob",
  ]

  func seeds() throws -> [[UInt8]] {
    let digest = String(repeating: "0", count: 64)
    let head = "{\"format\":1,\"kind\":null,\"fingerprint\":\"\(digest)\",\"step\":3,\"total\":9,\"saved\":1,\"processor\":\"p\",\"members\":[]}"
    let progress = "{\"done\":3,\"total\":9,\"unit\":\"steps\",\"note\":\"\",\"doneAtStart\":0,\"elapsed\":8,\"now\":1}"
    let owner = "{\"holder\":\(Self.circumstances),\"since\":1}"
    let slurm = "{\"stage\":\"x\",\"job\":12,\"cluster\":\"c\",\"fingerprint\":null,\"submitted\":1,\"by\":\"me\",\"dependencies\":[11]}"
    let externals = "{\"scratch/none\":{\"status\":\(Self.status),\"digest\":\"\(digest)\",\"hashed\":9,\"parts\":[\"a\"]}}"
    return [head, progress, owner, slurm, externals].map { Array($0.utf8) } + [try record()]
  }

  private static let status = "{\"kind\":\"file\",\"size\":1,\"inode\":1,\"modified\":1,\"changed\":1}"
  private static let circumstances =
    "{\"program\":\"p\",\"host\":\"h\",\"user\":\"u\",\"pid\":1,\"boot\":\"\",\"slurmJob\":\"3\",\"processor\":\"\"}"

  /// A record as a run leaves it.
  private func record() throws -> [UInt8] {
    let manifest = try withFolder { try Artifacts.pack([("a", [])], as: "x", run: "extract", in: $0).manifest.json }
    let run = "{\"started\":1,\"finished\":2,\"seconds\":1,\"resumedAt\":3,\"threads\":2,\"circumstances\":\(Self.circumstances)}"
    let accepted = "{\"manifest\":\(manifest.canonical),\"at\":5,\"by\":\(Self.circumstances)}"
    let digest = String(repeating: "a", count: 64)
    return Array(
      "{\"manifest\":\(manifest.canonical),\"digest\":\"\(digest)\",\"status\":\(Self.status),\"run\":\(run),\"accepted\":\(accepted)}".utf8)
  }

  func read(_ bytes: [UInt8], in scratch: FilePath) throws {
    _ = try? JSON(parsing: bytes)
    let job = try StageBench.job("x: {run: extract, with: {source: folders, archive: scratch/none}}")
    let state = scratch.appending("a/.advgan")
    for folder in ["records", "progress", "locks", "slurm", "externals"] {
      let path = state.appending(folder)
      try LocalDisk().makeDirectories(path)
      for name in ["x.json", "x.owner.json"] { try AtomicFile.write(bytes, to: path.appending(name), on: LocalDisk()) }
    }
    // The file that the remembered digests are of, and an artifact for the record.
    try AtomicFile.write([1], to: scratch.appending("none"), on: LocalDisk())
    try Artifacts.pack([("a", [])], as: "x", run: "extract", in: scratch.appending("a"))
    let checkpoints = state.appending("checkpoints/x")
    try LocalDisk().makeDirectories(checkpoints)
    let tar = try TarWriter(publishingAt: checkpoints.appending("000000000000-000000000003.tar"), on: LocalDisk())
    try tar.add(".checkpoint.json", bytes)
    _ = try tar.finish()
    let store = Store(at: job.artifacts, on: LocalDisk(), time: { 1 })
    if store.record(of: "x") != nil {
      let side = try ComparedSide(recordAt: state.appending("records/x.json"), on: LocalDisk())
      _ = try Difference(from: side, to: side)
    }
    _ = try store.slurmRecords()
    let plan = try store.plan(Request(["x"]), of: job)
    _ = try store.status(of: plan, seenFrom: "here")
    _ = try store.verify("x")
    _ = try store.garbage(of: job, seenFrom: "here")
  }
}

/// What `squeue` answers.
struct SlurmTarget: Target {
  let name = "squeue"
  let words = ["|", "COMPLETED", "PENDING", "12_3", "CLUSTER: x", "Invalid job id specified", "None"]

  func seeds() -> [[UInt8]] { ["12|RUNNING|None|gpu07\n13|PENDING|Dependency|\n", "12|COMPLETED|None|gpu[01-02]\n"].map { Array($0.utf8) } }

  func read(_ bytes: [UInt8], in scratch: FilePath) throws {
    try AtomicFile.write(bytes, to: scratch.appending("answer"), on: LocalDisk())
    let jobs = try SlurmCommands(environment: ProcessInfo.processInfo.environment).jobs([12, 13].compactMap { SlurmJobID($0) }, within: 10)
    for job in jobs { _ = (job.phase, job.words) }
  }
}
