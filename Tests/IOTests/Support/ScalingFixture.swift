import Foundation
import IO

/// What Pillow scales images to: Tests/Fixtures/scaling.json.
struct ScalingFixture: Decodable {
  struct Source: Decodable {
    let width: Int
    let height: Int
    let rgb: Data
  }
  struct Scaled: Decodable {
    let image: String
    /// x, y, width, height; `nil`: the whole image.
    let box: [Int]?
    let width: Int
    let height: Int
    let rgb: Data
  }
  struct Square: Decodable {
    let image: String
    let side: Int
    let rgb: Data
  }

  let images: [String: Source]
  let scaled: [Scaled]
  let squares: [Square]

  init() throws { self = try golden("scaling.json") }

  func image(_ name: String) -> Image? {
    images[name].map { Image(width: $0.width, height: $0.height, rgb: Array($0.rgb)) }
  }
}
