import Foundation
import Testing

/// JPEG files of all kinds and the pixels that Pillow makes of them: Tests/Fixtures/jpegs.json.
struct JPEGFixture: Decodable {
  struct File: Decodable {
    let name: String
    let jpeg: Data
    /// By the divisor of the size.
    let parts: [String: Data]
  }

  let width: Int
  let height: Int
  let jpegs: [File]

  init() throws { self = try golden("jpegs.json") }

  func jpeg(_ name: String) throws -> [UInt8] { Array(try #require(jpegs.first { $0.name == name }).jpeg) }
}
