import Foundation
import IO
import Testing

/// Damaged versions of valid files.
enum Hostile {
  /// Every prefix, from the empty one to all but the last byte.
  static func prefixes(of bytes: [UInt8]) -> [[UInt8]] {
    (0..<bytes.count).map { Array(bytes.prefix($0)) }
  }

  /// Each byte in turn altered: all its bits, then its lowest.
  static func flips(of bytes: [UInt8]) -> [[UInt8]] {
    bytes.indices.flatMap { index in
      ([0xFF, 0x01] as [UInt8]).map { mask in
        var flipped = bytes
        flipped[index] ^= mask
        return flipped
      }
    }
  }
}

/// Runs `body` and returns its `FileError`; anything else it throws is an issue. `nil` when it returned.
func fileError<R>(_ body: () throws -> R, sourceLocation: SourceLocation = #_sourceLocation) -> FileError? {
  do {
    _ = try body()
  } catch let error as FileError {
    return error
  } catch {
    Issue.record("not a FileError: \(error)", sourceLocation: sourceLocation)
  }
  return nil
}

/// The bytes of a file of Tests/Fixtures.
func goldenBytes(_ name: String) throws -> Data {
  let tests = FilePath(#filePath).removingLastComponent().removingLastComponent().removingLastComponent()
  return try Data(contentsOf: URL(fileURLWithPath: tests.appending("Fixtures/\(name)").string))
}

/// A JSON file of Tests/Fixtures.
func golden<Content: Decodable>(_ name: String) throws -> Content { try JSONDecoder().decode(Content.self, from: goldenBytes(name)) }

func bytes(base64: String) throws -> [UInt8] {
  Array(try #require(Data(base64Encoded: base64, options: .ignoreUnknownCharacters)))
}

/// Text as bytes.
func bytes(_ text: String) -> [UInt8] { Array(text.utf8) }
