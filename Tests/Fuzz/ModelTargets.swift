import AdvGAN
import Foundation
import IO
import Jobs
import NN

extension Networks {
  /// Weights of a small network as a safetensors file: of its generator, where it has one and it is asked for, else of its classifier.
  static func weights(_ name: String, generator: Bool = false) throws -> [UInt8] {
    guard let kind = Networks.named(name) else { throw UsageError("no network \(name)") }
    let shape = NetworkShape(width: 1, classes: 2)
    let backend = CPUBackend(threads: 1)
    let stream = RandomStream(seed: 1)
    let made = generator ? kind.generator.map { GeneratorModel($0(shape), from: stream, on: backend).parameters } : nil
    let parameters = made ?? DiscriminatorModel(kind.discriminator(shape), from: stream, on: backend).parameters
    return SafetensorsFile(tensors: parameters.stateDictionary.mapValues { .init(shape: $0.shape, values: $0.values) }).encoded()
  }
}

/// Weights that somebody names, and what a generator makes of them.
struct WeightsTarget: Target {
  let name = "weights"
  let suffixes = [".safetensors"]
  let words = ["F16", "BF16", "F64", "module.", "data_offsets", "num_batches_tracked"]
  let largest = 1 << 18

  func seeds() throws -> [[UInt8]] { [try Networks.weights("resnet32", generator: true)] }

  func read(_ bytes: [UInt8], in scratch: FilePath) throws {
    guard let kind = Networks.named("resnet32") else { throw UsageError("no network") }
    let path = scratch.appending("x.safetensors")
    try AtomicFile.write(bytes, to: path, on: LocalDisk())
    let drawing = try Drawing(.weights(path, kind, NetworkShape(width: 1, classes: 2)), on: CPUBackend(threads: 1))
    _ = drawing.png(labels: [0, 1], rows: 1, seed: 1)
  }
}

/// `model.json` of an artifact with a generator.
struct ModelTarget: Target {
  let name = "model.json"
  let isJSON = true
  let words = Networks.names + ["width", "batch_norm", "classes", "conditional_momentum", "samples_in_training"]

  static func description(_ network: String) -> [UInt8] {
    let text = """
      {"format":1,"network":"\(network)","width":1,"batch_norm":false,"classes":["n1 cat","dog"],"conditional_momentum":0.1,"samples_in_training":false}
      """
    return Array(text.utf8)
  }

  func seeds() -> [[UInt8]] { [Self.description("resnet32")] }

  func read(_ bytes: [UInt8], in scratch: FilePath) throws {
    let files = [("generator-ema.safetensors", try Networks.weights("resnet32", generator: true)), ("model.json", bytes)]
    let artifact = try Artifacts.pack(files, as: "c", run: "cotrain", in: scratch)
    let drawing = try Drawing(.artifact(artifact.path, member: nil), on: CPUBackend(threads: 1))
    _ = drawing.png(labels: [0], rows: 1, seed: 1)
  }
}
