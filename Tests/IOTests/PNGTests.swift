import IO
import Testing

struct PNGTests {
  @Test(arguments: [(1, 1), (3, 2), (32, 32), (257, 129)])
  func comesBackExactly(width: Int, height: Int) throws {
    let image = noise(width, height)
    let png = PNG.encode(image)
    #expect(try PNG.decode(png, from: "x") == image)
    #expect(PNG.encode(image) == png)
  }

  @Test func compressesWhatIsPlain() {
    let plain = Image(width: 256, height: 256, rgb: [UInt8](repeating: 77, count: 256 * 256 * 3))
    #expect(PNG.encode(plain).count < 2_000)
  }

  @Test func keepsEveryValueOfEveryChannel() throws {
    let rgb = (0...255).flatMap { (value: UInt8) -> [UInt8] in [value, 255 - value, value ^ 0x55] }
    let image = Image(width: 256, height: 1, rgb: rgb)
    #expect(try PNG.decode(PNG.encode(image), from: "x").rgb == rgb)
  }

  @Test func readsPalettes() throws {
    let image = try PNG.decode(bytes(base64: Fixture.palettePNG), from: "x")
    let (red, green, blue): ([UInt8], [UInt8], [UInt8]) = ([255, 0, 0], [0, 255, 0], [0, 0, 255])
    #expect(image == Image(width: 2, height: 2, rgb: red + green + blue + green))
  }

  @Test func readsGreyAndLaysTransparentPixelsOverBlack() throws {
    let image = try PNG.decode(bytes(base64: Fixture.greyAlphaPNG), from: "x")
    #expect(image == Image(width: 2, height: 1, rgb: [200, 200, 200, 0, 0, 0]))
  }

  @Test func takesSixteenBitsForNonLinearOnes() throws {
    let image = try PNG.decode(bytes(base64: Fixture.deepPNG), from: "x")
    #expect(image.rgb == [0x80, 0x40, 0xFF])
  }

  @Test func refusesAnAbsurdSizeBeforeAllocatingIt() throws {
    let error = try #require(fileError { try PNG.decode(bytes(base64: Fixture.absurdPNG), from: "x.png") })
    #expect(error.kind == .unsafe && error.found == "1000000x1000000" && error.path == "x.png")
  }

  @Test func refusesEveryPrefix() throws {
    let png = PNG.encode(noise(7, 5))
    // The last 12 bytes are the end chunk, which holds nothing.
    for prefix in Hostile.prefixes(of: png) where prefix.count < png.count - 12 {
      #expect(fileError { try PNG.decode(prefix, from: "x") }?.kind == .damaged, "\(prefix.count) bytes")
    }
    for prefix in Hostile.prefixes(of: png) { _ = fileError { try PNG.decode(prefix, from: "x") } }
  }

  @Test(arguments: [Fixture.palettePNG, Fixture.greyAlphaPNG, Fixture.deepPNG, Fixture.absurdPNG])
  func survivesEveryFlippedByte(fixture: String) throws {
    for flipped in try Hostile.flips(of: bytes(base64: fixture)) { _ = fileError { try PNG.decode(flipped, from: "x") } }
  }

  @Test func survivesEveryFlippedByteOfItsOwn() throws {
    for flipped in Hostile.flips(of: PNG.encode(noise(7, 5))) { _ = fileError { try PNG.decode(flipped, from: "x") } }
  }

  private func noise(_ width: Int, _ height: Int) -> Image {
    var state: UInt32 = 12345
    let rgb = (0..<(width * height * 3)).map { _ in
      state = state &* 1_664_525 &+ 1_013_904_223
      return UInt8(state >> 24)
    }
    return Image(width: width, height: height, rgb: rgb)
  }
}
