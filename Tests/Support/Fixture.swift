import Foundation
import IO
import NN

/// One group of tensors of a golden file made by PyTorch, such as "conv3x3_odd" of layers.safetensors, in our layouts or in PyTorch's.
public struct Fixture: Sendable {
  /// What stands before the tensors' names, without its slash; a path of groups, such as "corrected/step1", is one too.
  public let group: String
  private let file: SafetensorsFile

  /// The layers' file is read once for all: most tests want it.
  private static let layers = Result { try SafetensorsFile(reading: path(of: "layers.safetensors")) }

  /// A group of layers.safetensors.
  public init(_ group: String) throws {
    self.group = group
    file = try Self.layers.get()
  }

  /// A group of another file, named without its ending.
  public init(_ group: String, in name: String) throws {
    self.group = group
    file = try SafetensorsFile(reading: Self.path(of: name + ".safetensors"))
  }

  private init(_ group: String, _ file: SafetensorsFile) {
    self.group = group
    self.file = file
  }

  /// Where a file of Tests/Fixtures lies.
  public static func path(of name: String) -> FilePath {
    FilePath(#filePath).removingLastComponent().removingLastComponent().appending("Fixtures/\(name)")
  }

  /// Another group of the same file.
  public func sibling(_ group: String) -> Fixture { Fixture(group, file) }

  /// What the metadata says under a key, by default that of the group; `batch_norm` there is `batchNorm` here.
  public func settings<Settings: Decodable>(_ type: Settings.Type, _ key: String? = nil) throws -> Settings {
    guard let text = file.metadata[key ?? group] else { throw FixtureProblem(what: "no settings of '\(key ?? group)'") }
    let decoder = JSONDecoder()
    decoder.keyDecodingStrategy = .convertFromSnakeCase
    return try decoder.decode(type, from: Data(text.utf8))
  }

  /// Names of the group's tensors, without the group.
  public var names: [String] {
    file.tensors.keys.filter { $0.hasPrefix(group + "/") }.map { String($0.dropFirst(group.count + 1)) }.sorted()
  }

  /// All tensors of the group as they lie in the file.
  public func all() throws -> [String: StateTensor] {
    try Dictionary(uniqueKeysWithValues: names.map { ($0, try plain($0)) })
  }

  /// A tensor as it lies in the file.
  public func plain(_ name: String) throws -> StateTensor {
    guard let entry = file.tensors["\(group)/\(name)"] else { throw FixtureProblem(what: "no tensor '\(group)/\(name)'") }
    return StateTensor(shape: entry.shape, values: entry.values)
  }

  public func has(_ name: String) -> Bool { file.tensors["\(group)/\(name)"] != nil }

  /// (N, C, H, W) of the file as (N, H, W, C); other shapes as they are. Large images may be stored as columns times rows.
  public func image(_ name: String) throws -> StateTensor {
    if has(name + "_column") { return try plain(name + "_column").times(row: plain(name + "_row")).channelsLast }
    let tensor = try plain(name)
    return tensor.shape.count == 4 ? tensor.channelsLast : tensor
  }

  public func labels(_ name: String) throws -> [Int] { try plain(name).values.map { Int($0) } }
}

public struct FixtureProblem: Error, CustomStringConvertible {
  let what: String
  public init(what: String) { self.what = what }
  public var description: String { what }
}
