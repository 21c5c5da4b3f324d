import IO
import NN

/// State dicts as safetensors files.
enum StateFile {
  static func encoded(_ state: [String: StateTensor]) -> [UInt8] {
    SafetensorsFile(tensors: state.mapValues { .init(shape: $0.shape, values: $0.values) }, metadata: ["format": "pt"]).encoded()
  }

  /// A state dict without what says nothing about a network. `path` is named in errors.
  static func decoded(_ bytes: [UInt8], from path: FilePath) throws(FileError) -> [String: StateTensor] {
    try SafetensorsFile(bytes: bytes, from: path, without: Parameters.isIgnored).tensors.mapValues {
      StateTensor(shape: $0.shape, values: $0.values)
    }
  }

  static func read(_ path: FilePath) throws(FileError) -> [String: StateTensor] { try decoded(LocalDisk().read(path), from: path) }
}

extension Parameters {
  /// These numbers as a safetensors file under their PyTorch names.
  func encoded() -> [UInt8] { StateFile.encoded(stateDictionary) }

  /// Takes over a file's numbers; `path` is named in errors.
  mutating func load(_ bytes: [UInt8], from path: FilePath) throws(FileError) { try load(StateFile.decoded(bytes, from: path), from: path) }

  /// Takes over a state dict; `path` is named in errors.
  public mutating func load(_ state: [String: StateTensor], from path: FilePath) throws(FileError) {
    self = try Parameters(specifications, loading: state, from: path, on: backend)
  }

  /// The numbers of a state dict; `path` is named in errors.
  init(
    _ specifications: [ParameterSpecification], loading state: [String: StateTensor], from path: FilePath, on backend: any Backend
  ) throws(FileError) {
    do {
      try self.init(specifications, loading: state, on: backend)
    } catch {
      throw FileError(
        .damaged, path, expected: "the weights of this network", found: error.description,
        advice: "check the network, its width, its classes and whether it has batch norm")
    }
  }
}
