import IO
import Testing

struct JPEGTests {
  @Test func comesBackNearly() throws {
    let picture = gradient(40, 24)
    let decoded = try JPEG.decode(JPEG.encode(picture, quality: 95), from: "x")
    #expect(decoded.width == 40 && decoded.height == 24)
    #expect(worstDifference(decoded.rgb, picture.rgb) <= 12)
  }

  @Test func aHigherQualityCostsMoreBytes() throws {
    #expect(try JPEG.encode(gradient(64, 64), quality: 95).count > JPEG.encode(gradient(64, 64), quality: 20).count)
  }

  @Test func readsGreyAsPillowDoes() throws {
    let picture = try JPEG.decode(bytes(base64: Fixture.greyJPEG), from: "x")
    // Two rows as Pillow decodes them: the first and the last.
    let first: [UInt8] = [0, 16, 32, 48, 64, 80, 97, 112]
    let last: [UInt8] = [56, 72, 88, 104, 120, 136, 153, 168]
    #expect(picture.width == 8 && picture.height == 8)
    #expect(worstDifference(Array(picture.rgb.prefix(24)), first.flatMap { [$0, $0, $0] }) <= 1)
    #expect(worstDifference(Array(picture.rgb.suffix(24)), last.flatMap { [$0, $0, $0] }) <= 1)
  }

  @Test func readsInvertedCMYK() throws {
    let picture = try JPEG.decode(bytes(base64: Fixture.cmykJPEG), from: "x")
    let red = (0..<64).flatMap { _ in [255, 0, 0] as [UInt8] }
    #expect(picture.width == 8 && picture.height == 8)
    #expect(worstDifference(picture.rgb, red) <= 2)
  }

  @Test func refusesAnAbsurdSizeBeforeAllocatingIt() throws {
    var jpeg = try bytes(base64: Fixture.greyJPEG)
    let frame = try #require(jpeg.indices.dropLast().first { jpeg[$0] == 0xFF && jpeg[$0 + 1] == 0xC0 })
    jpeg.replaceSubrange((frame + 5)..<(frame + 9), with: [0xFF, 0xDC, 0xFF, 0xDC])
    let error = try #require(fileError { try JPEG.decode(jpeg, from: "x.jpg") })
    #expect(error.kind == .unsafe && error.found == "65500x65500" && error.path == "x.jpg")
  }

  @Test func refusesToWriteWhatTheFormatCannotHold() {
    let wide = Picture(width: 65_536, height: 1, rgb: [UInt8](repeating: 0, count: 65_536 * 3))
    #expect(fileError { try JPEG.encode(wide, quality: 90) }?.kind == .unsupported)
  }

  @Test func refusesEveryPrefix() throws {
    let jpeg = try JPEG.encode(gradient(20, 12), quality: 80)
    // Without the end marker of two bytes the picture is whole; the library may or may not mind.
    for prefix in Hostile.prefixes(of: jpeg) where prefix.count < jpeg.count - 2 {
      #expect(fileError { try JPEG.decode(prefix, from: "x") }?.kind == .damaged, "\(prefix.count) bytes")
    }
  }

  @Test(arguments: [Fixture.greyJPEG, Fixture.cmykJPEG])
  func survivesEveryPrefixAndEveryFlippedByte(fixture: String) throws {
    let whole = try bytes(base64: fixture)
    for hostile in Hostile.prefixes(of: whole) + Hostile.flips(of: whole) { _ = fileError { try JPEG.decode(hostile, from: "x") } }
  }

  private func gradient(_ width: Int, _ height: Int) -> Picture {
    var rgb: [UInt8] = []
    for y in 0..<height {
      for x in 0..<width { rgb += [UInt8(x * 3), UInt8(y * 3), UInt8(x + y)] }
    }
    return Picture(width: width, height: height, rgb: rgb)
  }

  private func worstDifference(_ a: [UInt8], _ b: [UInt8]) -> Int {
    guard a.count == b.count else { return .max }
    return zip(a, b).map { abs(Int($0) - Int($1)) }.max() ?? 0
  }
}
