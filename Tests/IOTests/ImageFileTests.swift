import IO
import Testing

struct ImageFileTests {
  let image = Image(width: 2, height: 1, rgb: [1, 2, 3, 4, 5, 6])

  @Test func goesByTheFirstBytesNotByTheName() throws {
    #expect(try ImageFile.decode(PNG.encode(image), from: "n02105855_2933.JPEG") == image)
    #expect(try ImageFile.decode(JPEG.encode(image, quality: 90), from: "x.png").width == 2)
  }

  @Test func saysWhatItFound() throws {
    let gif = fileError { try ImageFile.decode(bytes("GIF89a..."), from: "x.png") }
    #expect(gif?.kind == .unsupported && gif?.found == "bytes 47 49 46 38")
    #expect(fileError { try ImageFile.decode([], from: "x.png") }?.found == "an empty file")
    #expect(fileError { try ImageFile.decode([0x89], from: "x.png") }?.found == "bytes 89")
  }

  @Test func tellsTheSizeByTheHeaderAlone() throws {
    let (jpeg, png) = (try JPEGFixture().jpeg("4:1:1"), PNG.encode(Image(width: 5, height: 3, rgb: [UInt8](repeating: 7, count: 45))))
    for (file, width, height) in [(jpeg, 43, 37), (Array(jpeg.dropLast(400)), 43, 37), (png, 5, 3), (Array(png.dropLast(16)), 5, 3)] {
      let size = try ImageFile.size(of: file, from: "x")
      #expect(size.width == width && size.height == height)
    }
    #expect(fileError { try ImageFile.size(of: bytes("GIF89a..."), from: "x") }?.kind == .unsupported)
    #expect(fileError { try ImageFile.size(of: Array(jpeg.prefix(100)), from: "x") }?.kind == .damaged)
    #expect(fileError { try ImageFile.size(of: Array(png.prefix(20)), from: "x") }?.kind == .damaged)
    for hostile in Hostile.flips(of: jpeg) + Hostile.flips(of: png) { _ = fileError { try ImageFile.size(of: hostile, from: "x") } }
  }

  @Test func aJPEGMayComeSmallerAndAPNGNever() throws {
    let jpeg = try JPEGFixture().jpeg("4:4:4")
    #expect(try ImageFile.decode(jpeg, from: "x", shorterSideAtLeast: 16).height == 19)
    #expect(try ImageFile.decode(PNG.encode(image), from: "x", shorterSideAtLeast: 1) == image)
  }
}
