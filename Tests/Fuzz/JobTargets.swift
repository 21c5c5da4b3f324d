import AdvGAN
import Foundation
import Glibc
import IO
import Jobs

struct JobFileTarget: Target {
  let name = "job-file"
  let words = [
    "&a", "*a", "<<: *a", "!!binary", "? [", "matrix: {a: [1, 2]}", "${a}", "@", "\t", "---\n", "\u{FEFF}", "needs: {dataset: d}", "~", "|\n", "{{{{{{{{",
  ]
  private static let registry = StageRegistry([Extract.self, CoTrain.self, FineTune.self, Evaluate.self, Report.self])

  func seeds() -> [[UInt8]] {
    [
      """
      version: 1
      artifacts: a
      checkpoint: {every: 10min, keep: 2}
      stages:
        d: {run: extract, with: {source: folders, archive: x.tar, validation: 10}}
        c:
          run: cotrain
          needs: {dataset: d}
          matrix: {loss: [split, acgan], seed: [0, 1]}
          with: {network: resnet32, width: 8, loss: "${loss}", seed: "${seed}", attack: {kind: pgd, epsilon: 8/255, steps: 5}}
        f: {run: finetune, needs: {dataset: d}, with: {network: vgg16, width: 2, schedule: {kind: multi-step, at: [1, 2]}}}
        e: {run: evaluate, needs: {dataset: d, model: f}, with: {epsilons: [0, 8/255], attacks: [fgsm, {kind: pgd, steps: 3}]}}
        r: {run: report, needs: {evaluations: [e]}, with: {labels: [{stage: f, words: "F"}]}}
      targets: {all: [r], quick: e}
      """,
      "version: 1\nstages: &s\n  a: {run: extract, with: {source: cifar10, archive: y}}\n",
    ].map { Array($0.utf8) }
  }

  func read(_ bytes: [UInt8], in scratch: FilePath) throws {
    let job = try Job(parsing: String(decoding: bytes, as: UTF8.self), file: "x.yaml", registry: Self.registry)
    _ = try job.stages(for: [])
  }
}

/// An artifact: a tar whose first member is a manifest.
struct ArtifactTarget: Target {
  let name = "artifact"
  let words = [".advgan.json", "\"members\":[", "\"sha256\":\"", "\"format\":2"]

  func seeds() throws -> [[UInt8]] {
    let folder = FilePath("/tmp/fuzz-seed-\(getpid())")
    defer { try? LocalDisk().removeTree(folder) }
    try LocalDisk().makeDirectories(folder.appending("in"))
    for name in ["classes.json", "b.txt"] { try AtomicFile.write(Array("{\"names\": []}".utf8), to: folder.appending("in/\(name)"), on: LocalDisk()) }
    _ = try ArtifactWriter.pack(folder.appending("in"), to: folder.appending("x.tar"), stage: "x", run: "extract", version: 1)
    return [try LocalDisk().read(folder.appending("x.tar"))]
  }

  func mended(_ bytes: [UInt8]) -> [UInt8] { TarTarget().mended(bytes) }

  func read(_ bytes: [UInt8], in scratch: FilePath) throws {
    let path = scratch.appending("x.tar")
    try AtomicFile.write(bytes, to: path, on: LocalDisk())
    let artifact = try Artifact(opening: path)
    _ = artifact.stranger(to: "x")
    try artifact.verify()
    try artifact.forEachMember { _, _ in }
  }
}

/// The state beside artifacts: records, progress, owners, notes of Slurm jobs, digests of inputs, checkpoints. Every mutated file stands for each of them.
struct StateTarget: Target {
  let name = "state"
  let words = ["\"manifest\":{", "\"holder\":{", "\"fingerprint\":\"", "\"status\":{", "\"members\":[[[[", "\"seconds\":1e999"]

  func seeds() throws -> [[UInt8]] {
    let head = "{\"format\":1,\"kind\":null,\"fingerprint\":\"\(String(repeating: "0", count: 64))\",\"step\":3,\"total\":9,\"saved\":1,\"processor\":\"p\",\"members\":[]}"
    let progress = "{\"done\":3,\"total\":9,\"unit\":\"steps\",\"note\":\"\",\"doneAtStart\":0,\"elapsed\":8,\"now\":1}"
    let owner = "{\"holder\":{\"program\":\"p\",\"host\":\"h\",\"user\":\"u\",\"pid\":1,\"boot\":\"\",\"processor\":\"\"},\"since\":1}"
    let slurm = "{\"stage\":\"x\",\"id\":\"12\",\"fingerprint\":null,\"submitted\":1,\"by\":\"me\",\"dependencies\":[]}"
    return [head, progress, owner, slurm].map { Array($0.utf8) } + [try record()]
  }

  /// A record as a run leaves it.
  private func record() throws -> [UInt8] {
    let manifest = try JSON(parsing: Array(try ArtifactTarget().seeds()[0].dropFirst(512).prefix { $0 != 0 }))
    return Array("{\"manifest\":\(manifest.canonical),\"digest\":\"\(String(repeating: "a", count: 64))\",\"status\":{\"kind\":\"file\",\"size\":1,\"inode\":1,\"modified\":1}}".utf8)
  }

  func read(_ bytes: [UInt8], in scratch: FilePath) throws {
    _ = try? JSON(parsing: bytes)
    let text = "version: 1\nartifacts: \(scratch)\nstages:\n  x: {run: extract, with: {source: folders, archive: \(scratch)/none}}\n"
    let job = try Job(parsing: text, file: "x.yaml", registry: StageRegistry([Extract.self]))
    for folder in ["records", "progress", "locks", "slurm", "externals"] {
      let path = scratch.appending(".advgan").appending(folder)
      try LocalDisk().makeDirectories(path)
      for name in ["x.json", "x.owner.json"] { try AtomicFile.write(bytes, to: path.appending(name), on: LocalDisk()) }
    }
    let checkpoints = scratch.appending(".advgan/checkpoints/x")
    try LocalDisk().makeDirectories(checkpoints)
    let tar = try TarWriter(publishingAt: checkpoints.appending("000000000000-000000000003.tar"), on: LocalDisk())
    try tar.add(".checkpoint.json", bytes)
    _ = try tar.finish()
    let store = Store(at: scratch, on: LocalDisk(), time: { 1 })
    _ = store.record(of: "x")
    _ = try? store.slurmRecords()
    let plan = try store.plan(Request(["x"]), of: job)
    _ = try store.status(of: plan, seenFrom: "here")
  }
}
