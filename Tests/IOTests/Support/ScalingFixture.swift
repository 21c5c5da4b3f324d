import Foundation
import IO

/// What Pillow scales pictures to: Tests/Fixtures/scaling.json.
struct ScalingFixture: Decodable {
  struct Source: Decodable {
    let width: Int
    let height: Int
    let rgb: Data
  }
  struct Scaled: Decodable {
    let picture: String
    /// x, y, width, height; `nil`: the whole picture.
    let box: [Int]?
    let width: Int
    let height: Int
    let rgb: Data
  }
  struct Square: Decodable {
    let picture: String
    let side: Int
    let rgb: Data
  }

  let pictures: [String: Source]
  let scaled: [Scaled]
  let squares: [Square]

  init() throws { self = try golden("scaling.json") }

  func picture(_ name: String) -> Picture? {
    pictures[name].map { Picture(width: $0.width, height: $0.height, rgb: Array($0.rgb)) }
  }
}
