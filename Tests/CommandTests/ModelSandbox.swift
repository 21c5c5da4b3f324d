import AdvGAN
import IO
import NN

/// A sandbox with a tiny network's weights and a few images on it.
struct ModelSandbox {
  let sandbox: Sandbox
  /// Of two classes.
  static let shape = NetworkShape(width: 1, classes: 2)

  init() throws {
    sandbox = try Sandbox()
    let disk = LocalDisk()
    for (index, name) in ["cat/1.png", "cat/2.png", "dog/1.png"].enumerated() {
      let path = sandbox.folder.appending("images").appending(name)
      try disk.makeDirectories(path.removingLastComponent())
      let rgb = (0..<32 * 32 * 3).map { UInt8(($0 * 7 + index * 80) % 256) }
      try AtomicFile.write(PNG.encode(Image(width: 32, height: 32, rgb: rgb)), to: path, on: disk)
    }
  }

  func path(_ name: String) -> FilePath { sandbox.folder.appending(name) }

  /// Writes the weights of a fresh `resnet32` discriminator under `prefix` and their PyTorch names.
  func writeDiscriminator(_ name: String, prefix: String = "") throws {
    let parameters = DiscriminatorModel(
      try kind().discriminator(ModelSandbox.shape), from: RandomStream(seed: 1), on: CPUBackend(threads: 1)
    ).parameters
    try write(parameters, name, prefix)
  }

  /// Writes the weights of a fresh `resnet32` generator.
  func writeGenerator(_ name: String) throws {
    guard let make = try kind().generator else { throw Missing() }
    try write(GeneratorModel(make(ModelSandbox.shape), from: RandomStream(seed: 1), on: CPUBackend(threads: 1)).parameters, name, "")
  }

  private func write(_ parameters: Parameters, _ name: String, _ prefix: String) throws {
    var tensors: [String: SafetensorsFile.Entry] = [:]
    for (key, tensor) in parameters.stateDictionary {
      tensors[prefix + key] = SafetensorsFile.Entry(shape: tensor.shape, values: tensor.values)
    }
    try AtomicFile.write(SafetensorsFile(tensors: tensors, metadata: ["format": "pt"]).encoded(), to: path(name), on: LocalDisk())
  }

  private func kind() throws -> NetworkKind {
    guard let kind = Networks.named("resnet32") else { throw Missing() }
    return kind
  }

  /// The library has not what these tests are about.
  private struct Missing: Error {}

  /// Runs the program with words separated by blanks, and the options that fit the tiny network.
  func run(_ command: String, width: Int = 1) throws -> Answer {
    try sandbox.run(command.split(separator: " ").map(String.init) + ["--network", "resnet32", "--width", "\(width)", "--classes", "2"])
  }
}
