/// How a parameter lies in memory compared with PyTorch's file.
public enum ParameterLayout: Equatable, Sendable {
  /// As in the file.
  case plain
  /// File (K, C, kernel, kernel), memory (kernel, kernel, C, K).
  case convolution
  /// The first dimension is (C, side, side) in the file and (side, side, C) in memory: a linear layer that makes an image.
  case image(side: Int)
}

/// One tensor of a network: its name in a PyTorch state dict, the shape it has there, and what it starts as.
public struct ParameterSpecification: Equatable, Sendable {
  public enum Kind: Sendable { case weight, statistic }

  public let name: String
  public let fileShape: [Int]
  public let layout: ParameterLayout
  public let kind: Kind
  public let initialiser: Initialiser

  /// The shape in memory.
  public var shape: [Int] { layout == .convolution ? [fileShape[2], fileShape[3], fileShape[1], fileShape[0]] : fileShape }
}

/// The place of a parameter among its network's.
public struct Parameter: Sendable {
  let index: Int
}

/// Where layers get their parameters, and these their names: `Scope() / "block1" / "c1"` makes "block1.c1.weight".
public struct Scope {
  private final class Register { var specifications: [ParameterSpecification] = [] }

  private let register: Register
  private let path: [String]

  public init() {
    register = Register()
    path = []
  }

  private init(_ register: Register, _ path: [String]) { (self.register, self.path) = (register, path) }

  public static func / (scope: Scope, name: String) -> Scope { Scope(scope.register, scope.path + [name]) }

  /// All parameters named so far, in the order of their birth.
  public var specifications: [ParameterSpecification] { register.specifications }

  func weight(_ name: String, _ fileShape: [Int], _ layout: ParameterLayout = .plain, _ initialiser: Initialiser) -> Parameter {
    add(name, fileShape, layout, .weight, initialiser)
  }

  func statistic(_ name: String, _ fileShape: [Int], _ initialiser: Initialiser) -> Parameter {
    add(name, fileShape, .plain, .statistic, initialiser)
  }

  private func add(
    _ name: String, _ fileShape: [Int], _ layout: ParameterLayout, _ kind: ParameterSpecification.Kind, _ initialiser: Initialiser
  ) -> Parameter {
    let full = (path + [name]).joined(separator: ".")
    precondition(!register.specifications.contains { $0.name == full }, "Scope: two parameters named '\(full)'")
    register.specifications.append(
      ParameterSpecification(name: full, fileShape: fileShape, layout: layout, kind: kind, initialiser: initialiser))
    return Parameter(index: register.specifications.count - 1)
  }
}
