import Foundation
import IO

/// Small state files: written whole and durably, read forgivingly.
extension JSON {
  /// The value in a file; nil where there is no file, or nothing that can be read as `Value`: state is never trusted, only used.
  static func decode<Value: Decodable>(_ type: Value.Type, from path: FilePath, on disk: any Disk) -> Value? {
    guard let bytes = try? disk.read(path) else { return nil }
    return try? JSONDecoder().decode(type, from: Data(bytes))
  }

  /// Publishes `value` atomically, its keys sorted.
  static func publish(_ value: some Encodable, at path: FilePath, on disk: any Disk) throws(FileError) {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .prettyPrinted, .withoutEscapingSlashes]
    guard let bytes = try? encoder.encode(value) else {
      preconditionFailure("JSON.publish: \(type(of: value)) has no JSON for \(path)")
    }
    try AtomicFile.write(Array(bytes) + [UInt8(ascii: "\n")], to: path, on: disk)
  }
}
