import AdvGAN
import Foundation
import IO
import Jobs

/// Archives of labelled images, as `attack --data` and the stage `extract` open them.
struct DatasetTarget: Target {
  let name = "dataset"
  let suffixes = [".tar", ".gz", ".tgz", ".zip"]
  let words = Tar.words + ["train/", "test/", "cifar-10-batches-bin/", "__MACOSX/._", ".DS_Store"]

  func seeds() throws -> [[UInt8]] {
    let folders = try Tar.bytes(["train", "test"].flatMap { split in ["a", "b"].map { ("\(split)/\($0)/0.png", SmallImage.png(4)) } })
    let record = [3] + [UInt8](repeating: 7, count: 3072)
    let batches = ((1...5).map { "data_batch_\($0).bin" } + ["test_batch.bin"]).map { name in
      // Every class needs an image.
      ("cifar-10-batches-bin/\(name)", (0..<10).flatMap { [UInt8($0)] + record.dropFirst() })
    }
    let names = ("cifar-10-batches-bin/batches.meta.txt", Array("a b c d e f g h i j\n".utf8))
    return [folders, GzipTarget.packed(folders), try Tar.bytes([names] + batches)]
  }

  let largest = 1 << 18

  func mended(_ bytes: [UInt8]) -> [UInt8] { bytes.starts(with: [0x1F, 0x8B]) ? GzipTarget().mended(bytes) : Tar.mended(bytes) }

  func read(_ bytes: [UInt8], in scratch: FilePath) throws {
    let path = scratch.appending("x.tar")
    try AtomicFile.write(bytes, to: path, on: LocalDisk())
    _ = try Datasets.open(path)
  }
}

/// `classes.json` of a data set's artifact.
struct ClassListTarget: Target {
  let name = "classes.json"
  let isJSON = true
  let words = ["names", "counts", "train", "test", "dog"]

  func seeds() -> [[UInt8]] {
    let counts = ["train", "test", "validation"].map { "\"\($0)\":{\"n1 cat\":1,\"dog\":1}" }.joined(separator: ",")
    return [Artifacts.classes, Array("{\"names\":[\"n1 cat\",\"dog\"],\"counts\":{\(counts)}}".utf8)]
  }

  func read(_ bytes: [UInt8], in scratch: FilePath) throws {
    _ = try Dataset(artifactAt: Artifacts.dataset(2, classes: bytes, in: scratch).path)
  }
}

/// ImageNet as it is published: one of its three files is mutated, the others are sound.
struct ImageNetTarget: Target {
  enum Part: String {
    case train, validation, labels
  }

  let part: Part
  let slowness = 4
  init(_ part: Part) { self.part = part }

  var name: String { "imagenet-\(part)" }
  var suffixes: [String] { part == .labels ? [".csv", ".txt", ".gz"] : [".tar"] }
  var words: [String] { (part == .labels ? [] : Tar.words) + ["n02085782", "n02085620.tar", "ILSVRC2012_val_00000002", "\u{FEFF}", "1000", "ImageId"] }

  private static let wnids = ["n02085620", "n02085782"]
  private static let names = (1...4).map { "ILSVRC2012_val_0000000\($0)" }

  func seeds() throws -> [[UInt8]] {
    switch part {
    case .train: [try Self.train()]
    case .validation: [try Self.validation()]
    case .labels: [Self.table, Array(Self.names.indices.map { Self.wnids[$0 % 2] + "\n" }.joined().utf8)]
    }
  }

  /// Of the labels: a development kit, with fewer classes than it has.
  func flawed() throws -> [[UInt8]] {
    guard part == .labels else { return [] }
    let files = [("data/ILSVRC2012_validation_ground_truth.txt", Array("7\n7\n7\n7\n".utf8))] + MatTarget().seeds().map { ("data/meta.mat", $0) }
    return [try Tar.bytes(Array(files.prefix(2))), GzipTarget.packed(try Tar.bytes([files[0], files[2]]))]
  }

  func mended(_ bytes: [UInt8]) -> [UInt8] { part == .labels ? bytes : Tar.mended(bytes) }

  private static func train() throws -> [UInt8] {
    try Tar.bytes(wnids.map { wnid in ("\(wnid).tar", try Tar.bytes((0..<2).map { ("\(wnid)_\($0).JPEG", try JPEG.encode(SmallImage.image(12), quality: 80)) })) })
  }

  private static func validation() throws -> [UInt8] { try Tar.bytes(names.map { ($0 + ".JPEG", try JPEG.encode(SmallImage.image(12), quality: 80)) }) }

  private static var table: [UInt8] {
    Array(("ImageId,PredictionString\n" + names.enumerated().map { "\($1),\(wnids[$0 % 2]) 1 2 30 40\n" }.joined()).utf8)
  }

  func read(_ bytes: [UInt8], in scratch: FilePath) throws {
    let parts: [(String, [UInt8])] = [
      ("train.tar", part == .train ? bytes : try Self.train()), ("val.tar", part == .validation ? bytes : try Self.validation()),
      ("labels", part == .labels ? bytes : Self.table),
    ]
    for (name, bytes) in parts { try AtomicFile.write(bytes, to: scratch.appending(name), on: LocalDisk()) }
    let job = try StageBench.job(
      """
      x:
        run: extract
        with:
          {source: imagenet, archive: scratch/train.tar, val_archive: scratch/val.tar, val_labels: scratch/labels, size: 8, minimum_side: 0,
           classes: "n02085620,n02085782", encoding: png, broken_share: 0.5, validation: 2}
      """)
    // What a plan reads of it.
    _ = try Store(at: scratch.appending("a"), on: LocalDisk(), time: { 1 }).plan(Request(["x"]), of: job)
    try StageBench.run("x", of: job, in: scratch)
  }
}

/// Runs single stages of a job.
enum StageBench {
  static let registry = StageRegistry([Extract.self, CoTrain.self, FineTune.self, Evaluate.self, Report.self])

  /// - Parameter stages: YAML, without the key `stages`.
  static func job(_ stages: String) throws -> Job {
    let lines = stages.split(separator: "\n").map { "  \($0)\n" }.joined()
    return try Job(parsing: "version: 1\nartifacts: scratch/a\nstages:\n\(lines)", file: "x.yaml", registry: registry)
  }

  /// - Parameters:
  ///   - checkpoints: that it goes on from; nil for none.
  ///   - stop: to raise after the first unit of work; nil lets it run to its end.
  static func run(
    _ stage: String, of job: Job, _ inputs: [String: [Artifact]] = [:], checkpoints: CheckpointStore? = nil, stop: StopFlag? = nil,
    in scratch: FilePath
  ) throws {
    guard let stage = job.stage(stage) else { throw UsageError("no stage \(stage)") }
    let output = scratch.appending("out")
    try LocalDisk().makeDirectories(output)
    let workspace = Workspace(
      inputs: inputs, output: output, checkpoints: checkpoints ?? store(in: scratch), progress: FirstUnit(stop: stop), stop: stop ?? StopFlag())
    try stage.stage.run(workspace)
  }

  /// - Parameter passedOver: is told of each state that does not fit.
  static func store(in scratch: FilePath, passedOver: @escaping @Sendable (String) -> Void = { _ in }) -> CheckpointStore {
    CheckpointStore(
      folder: scratch.appending("checkpoints"), fingerprint: SHA256.digest(of: []), policy: CheckpointPolicy(every: 1e9), processor: "p",
      on: LocalDisk(), onPassingOver: passedOver, time: { 1 })
  }

  /// Raises a flag when the first unit of work is done.
  private struct FirstUnit: ProgressReporter {
    let stop: StopFlag?
    func report(_ done: Int, of total: Int, unit: String, note: String) { stop?.raise(.interrupt) }
  }
}
