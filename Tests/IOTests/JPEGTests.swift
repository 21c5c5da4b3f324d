import IO
import Testing

struct JPEGTests {
  @Test func comesBackNearly() throws {
    let image = gradient(40, 24)
    let decoded = try JPEG.decode(JPEG.encode(image, quality: 95), from: "x")
    #expect(decoded.width == 40 && decoded.height == 24)
    #expect(worstDifference(decoded.rgb, image.rgb) <= 12)
  }

  @Test func aHigherQualityCostsMoreBytes() throws {
    #expect(try JPEG.encode(gradient(64, 64), quality: 95).count > JPEG.encode(gradient(64, 64), quality: 20).count)
  }

  @Test func decodesEveryKindToThePixelsOfPillow() throws {
    let fixture = try JPEGFixture()
    #expect(fixture.jpegs.count == 12)
    for jpeg in fixture.jpegs {
      for (part, expected) in jpeg.parts {
        let divisor = try #require(Int(part))
        // The least shorter side that this part of the size still has.
        let least = divisor == 1 ? nil : (fixture.height + divisor - 1) / divisor
        let image = try JPEG.decode(Array(jpeg.jpeg), from: "x", shorterSideAtLeast: least)
        #expect(image.width == (fixture.width + divisor - 1) / divisor)
        #expect(image.rgb == Array(expected), "\(jpeg.name) at 1/\(part)")
      }
    }
  }

  @Test(arguments: [(37, 37), (20, 37), (19, 19), (11, 19), (10, 10), (6, 10), (5, 5), (0, 5)])
  func comesSmallerOnlyWhileTheShorterSideSuffices(least: Int, height: Int) throws {
    let jpeg = try JPEGFixture().jpeg("4:2:0")
    #expect(try JPEG.decode(jpeg, from: "x", shorterSideAtLeast: least).height == height)
  }

  @Test func readsInvertedCMYK() throws {
    let image = try JPEG.decode(bytes(base64: Fixture.cmykJPEG), from: "x")
    let red = (0..<64).flatMap { _ in [255, 0, 0] as [UInt8] }
    #expect(image.width == 8 && image.height == 8)
    #expect(worstDifference(image.rgb, red) <= 2)
  }

  @Test func refusesAnAbsurdSizeBeforeAllocatingIt() throws {
    var jpeg = try bytes(base64: Fixture.greyJPEG)
    let frame = try #require(jpeg.indices.dropLast().first { jpeg[$0] == 0xFF && jpeg[$0 + 1] == 0xC0 })
    jpeg.replaceSubrange((frame + 5)..<(frame + 9), with: [0xFF, 0xDC, 0xFF, 0xDC])
    let error = try #require(fileError { try JPEG.decode(jpeg, from: "x.jpg") })
    #expect(error.kind == .unsafe && error.found == "65500x65500" && error.path == "x.jpg")
  }

  @Test func refusesToWriteWhatTheFormatCannotHold() {
    let wide = Image(width: 65_536, height: 1, rgb: [UInt8](repeating: 0, count: 65_536 * 3))
    #expect(fileError { try JPEG.encode(wide, quality: 90) }?.kind == .unsupported)
  }

  @Test func refusesEveryPrefix() throws {
    let jpeg = try JPEG.encode(gradient(20, 12), quality: 80)
    // Without the end marker of two bytes the image is whole; the library may or may not mind.
    for prefix in Hostile.prefixes(of: jpeg) where prefix.count < jpeg.count - 2 {
      #expect(fileError { try JPEG.decode(prefix, from: "x") }?.kind == .damaged, "\(prefix.count) bytes")
    }
  }

  @Test(arguments: ["progressive grey", "arithmetic 4:2:2", "restarts 4:2:0", "YCCK 4:2:0"])
  func survivesEveryFlippedByteOfEveryKind(name: String) throws {
    for hostile in Hostile.flips(of: try JPEGFixture().jpeg(name)) {
      _ = fileError { try JPEG.decode(hostile, from: "x", shorterSideAtLeast: 10) }
    }
  }

  @Test(arguments: [Fixture.greyJPEG, Fixture.cmykJPEG])
  func survivesEveryPrefixAndEveryFlippedByte(fixture: String) throws {
    let whole = try bytes(base64: fixture)
    for hostile in Hostile.prefixes(of: whole) + Hostile.flips(of: whole) { _ = fileError { try JPEG.decode(hostile, from: "x") } }
  }

  private func gradient(_ width: Int, _ height: Int) -> Image {
    var rgb: [UInt8] = []
    for y in 0..<height {
      for x in 0..<width { rgb += [UInt8(x * 3), UInt8(y * 3), UInt8(x + y)] }
    }
    return Image(width: width, height: height, rgb: rgb)
  }

  private func worstDifference(_ a: [UInt8], _ b: [UInt8]) -> Int {
    guard a.count == b.count else { return .max }
    return zip(a, b).map { abs(Int($0) - Int($1)) }.max() ?? 0
  }
}
