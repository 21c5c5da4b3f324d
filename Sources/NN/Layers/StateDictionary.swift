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
  /// One tensor under two names.
  case twice(String, String)
  /// All tensors behind each of these prefixes.
  case several([String])
  case notFinite(String)

  public var description: String {
    switch self {
    case .missing(let name): "tensor '\(name)' is missing"
    case .shape(let name, let expected, let found): "tensor '\(name)': expected shape \(expected), found \(found)"
    case .unexpected(let names): "the network has no tensor named \(names.map { "'\($0)'" }.joined(separator: ", "))"
    case .twice(let name, let other): "tensor '\(name)' is there a second time, as '\(other)'"
    case .several(let prefixes): "the network is there \(prefixes.count) times, behind \(prefixes.map { "'\($0)'" }.joined(separator: ", "))"
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

  /// The numbers of a state dict. A prefix before all names, as wrappers leave it (`module.` of DataParallel, `_orig_mod.` of torch.compile,
  /// `module.model.`), is ignored, so are PyTorch's `num_batches_tracked` and the published code's constant `gamma_` and `beta_`; anything else
  /// missing, extra, misshapen or not finite is an error. Memory is taken only after everything was found to fit.
  public init(
    _ specifications: [ParameterSpecification], loading dictionary: [String: StateTensor], on backend: any Backend
  ) throws(StateMismatch) {
    let names = specifications.map(\.name)
    let prefix = try Self.prefix(of: names, in: dictionary)
    var given: [String: StateTensor] = [:]
    for (name, tensor) in dictionary { given[name.hasPrefix(prefix) ? String(name.dropFirst(prefix.count)) : name] = tensor }
    var fitting: [StateTensor] = []
    for specification in specifications {
      guard let tensor = given.removeValue(forKey: specification.name) else { throw .missing(specification.name) }
      guard tensor.shape == specification.fileShape, tensor.values.count == specification.fileShape.reduce(1, *) else {
        throw .shape(specification.name, expected: specification.fileShape, found: tensor.shape)
      }
      guard tensor.values.allSatisfy(\.isFinite) else { throw .notFinite(specification.name) }
      fitting.append(tensor)
    }
    let extra = given.keys.filter { !Self.isIgnored($0) }.sorted()
    for name in extra {
      if let own = names.first(where: { name.hasSuffix(".\($0)") }) { throw .twice(prefix + own, name) }
    }
    guard extra.isEmpty else { throw .unexpected(Array(extra.prefix(5))) }
    let values = zip(specifications, fitting).map { backend.tensor($0.memoryOrder($1.values), $0.shape) }
    self.init(specifications, values, on: backend)
  }

  /// Whether a tensor of a state dict says nothing about a network: PyTorch's counters of batches, the published code's constants.
  public static func isIgnored(_ name: String) -> Bool {
    ["num_batches_tracked", "gamma_", "beta_"].contains(String(name.split(separator: ".").last ?? ""))
  }

  /// What stands before all of a network's names; of several prefixes behind which some are missing, the one with the most.
  /// - Throws: `.several` where all names stand behind more than one.
  private static func prefix(of names: [String], in dictionary: [String: StateTensor]) throws(StateMismatch) -> String {
    guard let first = names.first else { return "" }
    let prefixes = dictionary.keys.compactMap { key -> String? in
      guard key.hasSuffix(first) else { return nil }
      let prefix = String(key.dropLast(first.count))
      return prefix.isEmpty || prefix.hasSuffix(".") ? prefix : nil
    }.sorted()
    let counts = prefixes.map { prefix in names.count { dictionary[prefix + $0] != nil } }
    let whole = zip(prefixes, counts).filter { $1 == names.count }.map(\.0)
    if whole.count > 1 { throw .several(whole) }
    return whole.first ?? zip(prefixes, counts).max { $0.1 < $1.1 }?.0 ?? ""
  }
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
