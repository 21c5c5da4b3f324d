import Foundation
import IO
import NN

/// One group of tensors of a golden file made by PyTorch, such as "conv3x3_odd", in our layouts or in PyTorch's.
struct Fixture {
  let group: String
  private let file: SafetensorsFile

  static let layers = Result {
    try SafetensorsFile(reading: FilePath(#filePath).removingLastComponents(3).appending("Fixtures/layers.safetensors"))
  }

  /// A group of layers.safetensors.
  init(_ group: String) throws {
    self.group = group
    file = try Self.layers.get()
  }

  /// The settings of the group.
  func settings<Settings: Decodable>(_ type: Settings.Type) throws -> Settings {
    guard let text = file.metadata[group] else { throw FixtureProblem(what: "no settings of '\(group)'") }
    return try JSONDecoder().decode(type, from: Data(text.utf8))
  }

  /// A tensor as it lies in the file.
  func plain(_ name: String) throws -> StateTensor {
    guard let entry = file.tensors["\(group)/\(name)"] else { throw FixtureProblem(what: "no tensor '\(group)/\(name)'") }
    return StateTensor(shape: entry.shape, values: entry.values)
  }

  func has(_ name: String) -> Bool { file.tensors["\(group)/\(name)"] != nil }

  /// (N, C, H, W) of the file as (N, H, W, C); other shapes as they are.
  func picture(_ name: String) throws -> StateTensor {
    let tensor = try plain(name)
    return tensor.shape.count == 4 ? tensor.channelsLast : tensor
  }

  func labels(_ name: String) throws -> [Int] { try plain(name).values.map { Int($0) } }
}

struct FixtureProblem: Error, CustomStringConvertible {
  let what: String
  var description: String { what }
}

extension StateTensor {
  /// (N, C, H, W) to (N, H, W, C).
  var channelsLast: StateTensor {
    let (n, c, h, w) = (shape[0], shape[1], shape[2], shape[3])
    var result = values
    for i in 0..<n { for j in 0..<c { for p in 0..<h * w { result[(i * h * w + p) * c + j] = values[(i * c + j) * h * w + p] } } }
    return StateTensor(shape: [n, h, w, c], values: result)
  }

  /// The numbers of one place of the last dimension.
  func channel(_ index: Int) -> StateTensor {
    let channels = shape[shape.count - 1]
    return StateTensor(shape: [values.count / channels], values: stride(from: index, to: values.count, by: channels).map { values[$0] })
  }

  /// One part of the first dimension.
  func row(_ index: Int) -> StateTensor {
    let size = values.count / shape[0]
    return StateTensor(shape: Array(shape.dropFirst()), values: Array(values[index * size..<(index + 1) * size]))
  }
}

extension FilePath {
  func removingLastComponents(_ count: Int) -> FilePath {
    (0..<count).reduce(self) { path, _ in path.removingLastComponent() }
  }
}
