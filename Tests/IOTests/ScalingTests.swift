import IO
import Testing

struct ScalingTests {
  @Test func scalesAsPillowDoesToTheBit() throws {
    let fixture = try ScalingFixture()
    #expect(fixture.scaled.count > 20)
    for expected in fixture.scaled {
      let box = expected.box.map { ImageBox(x: $0[0], y: $0[1], width: $0[2], height: $0[3]) }
      let scaled = try #require(fixture.image(expected.image)).scaled(width: expected.width, height: expected.height, from: box)
      #expect(scaled.rgb == Array(expected.rgb), "\(expected.image) \(String(describing: box)) to \(expected.width)x\(expected.height)")
    }
  }

  @Test func cutsTheSquareThatTorchvisionCuts() throws {
    let fixture = try ScalingFixture()
    #expect(fixture.squares.count > 10)
    for expected in fixture.squares {
      let square = try #require(fixture.image(expected.image)).centreSquare(side: expected.side)
      #expect(square.width == expected.side && square.height == expected.side)
      #expect(square.rgb == Array(expected.rgb), "\(expected.image) to \(expected.side)")
    }
  }

  @Test func ofItsOwnSizeStaysAsItIs() throws {
    let image = try #require(ScalingFixture().image("noise"))
    #expect(image.scaled(width: image.width, height: image.height) == image)
    let box = ImageBox(x: 4, y: 7, width: 30, height: 19)
    #expect(image.scaled(width: 30, height: 19, from: box) == image.cropped(to: box))
  }

  @Test(arguments: [0, 1, 127, 254, 255] as [UInt8])
  func ofOneColourStaysOfOneColour(value: UInt8) {
    let plain = Image(width: 641, height: 3, rgb: [UInt8](repeating: value, count: 641 * 3 * 3))
    for (width, height) in [(1, 1), (7, 5), (640, 2), (1000, 9), (97, 97)] {
      let scaled = plain.scaled(width: width, height: height)
      #expect(scaled.rgb.allSatisfy { $0 == value }, "\(width)x\(height)")
    }
  }

  @Test func cropsExactly() {
    let image = Image(width: 3, height: 2, rgb: (0..<18).map { UInt8($0) })
    #expect(image.cropped(to: ImageBox(x: 1, y: 0, width: 2, height: 2)).rgb == [3, 4, 5, 6, 7, 8, 12, 13, 14, 15, 16, 17])
    #expect(image.cropped(to: ImageBox(x: 2, y: 1, width: 1, height: 1)).rgb == [15, 16, 17])
    #expect(image.cropped(to: ImageBox(x: 0, y: 0, width: 3, height: 2)) == image)
  }

  /// Whole, it would be scaled to 400 million pixels.
  @Test func neverScalesWhatTheSquareLeavesOut() {
    let line = Image(width: 100_000, height: 1, rgb: [UInt8](repeating: 9, count: 300_000))
    #expect(line.centreSquare(side: 64).rgb == [UInt8](repeating: 9, count: 64 * 64 * 3))
  }
}
