/// A tensor as PyTorch's files hold it.
public struct StateTensor: Equatable, Sendable {
  public let shape: [Int]
  public let values: [Float]

  public init(shape: [Int], values: [Float]) { (self.shape, self.values) = (shape, values) }
}

/// Why a state dict does not fit a network.
public enum StateMismatch: Error, Equatable, CustomStringConvertible {
  case missing(String)
  case shape(String, expected: [Int], found: [Int])
  case unexpected([String])
  case notFinite(String)

  public var description: String {
    switch self {
    case .missing(let name): "tensor '\(name)' is missing"
    case .shape(let name, let expected, let found): "tensor '\(name)': expected shape \(expected), found \(found)"
    case .unexpected(let names): "the network has no tensor named \(names.map { "'\($0)'" }.joined(separator: ", "))"
    case .notFinite(let name): "tensor '\(name)' holds a number that is not finite"
    }
  }
}

extension Parameters {
  /// All numbers under their PyTorch names and shapes.
  public var stateDictionary: [String: StateTensor] {
    var result: [String: StateTensor] = [:]
    for (specification, value) in zip(specifications, values) {
      result[specification.name] = StateTensor(shape: specification.fileShape, values: specification.fileOrder(backend.host(value)))
    }
    return result
  }

  /// Takes over a state dict; an error changes nothing. See ``init(_:loading:on:)``.
  public mutating func load(_ dictionary: [String: StateTensor]) throws(StateMismatch) {
    self = try Parameters(specifications, loading: dictionary, on: backend)
  }

  /// The numbers of a state dict. A leading `module.` (DataParallel) is ignored, so are PyTorch's `num_batches_tracked` and the published
  /// code's constant `gamma_` and `beta_`; anything else missing, extra, misshapen or not finite is an error. Memory is taken only after
  /// everything was found to fit.
  public init(
    _ specifications: [ParameterSpecification], loading dictionary: [String: StateTensor], on backend: any Backend
  ) throws(StateMismatch) {
    let twice = dictionary.keys.filter { Self.bare($0) != $0 && dictionary[Self.bare($0)] != nil }.sorted()
    guard twice.isEmpty else { throw .unexpected(Array(twice.prefix(5))) }
    var given: [String: StateTensor] = [:]
    for (name, tensor) in dictionary { given[Self.bare(name)] = tensor }
    var fitting: [StateTensor] = []
    for specification in specifications {
      guard let tensor = given.removeValue(forKey: specification.name) else { throw .missing(specification.name) }
      guard tensor.shape == specification.fileShape, tensor.values.count == specification.fileShape.reduce(1, *) else {
        throw .shape(specification.name, expected: specification.fileShape, found: tensor.shape)
      }
      guard tensor.values.allSatisfy(\.isFinite) else { throw .notFinite(specification.name) }
      fitting.append(tensor)
    }
    let ignored: Set = ["num_batches_tracked", "gamma_", "beta_"]
    let extra = given.keys.filter { !ignored.contains(String($0.split(separator: ".").last ?? "")) }.sorted()
    guard extra.isEmpty else { throw .unexpected(Array(extra.prefix(5))) }
    let values = zip(specifications, fitting).map { backend.tensor($0.memoryOrder($1.values), $0.shape) }
    self.init(specifications, values, on: backend)
  }

  private static func bare(_ name: String) -> String { name.hasPrefix("module.") ? String(name.dropFirst(7)) : name }
}

extension ParameterSpecification {
  /// From the order of PyTorch's file to the order in memory.
  func memoryOrder(_ values: [Float]) -> [Float] {
    var result = values
    forEachPlace { memory, file in result[memory] = values[file] }
    return result
  }

  /// From the order in memory to the order of PyTorch's file.
  func fileOrder(_ values: [Float]) -> [Float] {
    var result = values
    forEachPlace { memory, file in result[file] = values[memory] }
    return result
  }

  /// Every pair of places that hold the same number, where the orders differ.
  private func forEachPlace(_ body: (_ memory: Int, _ file: Int) -> Void) {
    switch layout {
    case .plain: return
    case .convolution:
      let (k, c, taps) = (fileShape[0], fileShape[1], fileShape[2] * fileShape[3])
      for o in 0..<k { for i in 0..<c { for tap in 0..<taps { body((tap * c + i) * k + o, (o * c + i) * taps + tap) } } }
    case .image(let side):
      let pixels = side * side
      let channels = fileShape[0] / pixels
      let row = fileShape.dropFirst().reduce(1, *)
      for c in 0..<channels {
        for p in 0..<pixels { for j in 0..<row { body((p * channels + c) * row + j, (c * pixels + p) * row + j) } }
      }
    }
  }
}
