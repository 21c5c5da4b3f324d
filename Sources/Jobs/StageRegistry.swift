/// The kinds of stages a program knows, by the word after `run:`. A value, handed in by the executable.
public struct StageRegistry: Sendable {
  private let types: [String: any Stage.Type]
  /// All kinds, in the order they were given.
  public let all: [any Stage.Type]

  /// Two types of one name are a programmer's mistake.
  public init(_ types: [any Stage.Type]) {
    all = types
    self.types = Dictionary(types.map { ($0.name, $0) }) { first, second in
      preconditionFailure("StageRegistry: \(first) and \(second) are both named '\(first.name)'")
    }
  }

  /// The type behind a word; nil where it is not known.
  public subscript(_ name: String) -> (any Stage.Type)? { types[name] }

  /// All words, sorted.
  public var names: [String] { types.keys.sorted() }
}
