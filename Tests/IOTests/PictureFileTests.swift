import IO
import Testing

struct PictureFileTests {
  let picture = Picture(width: 2, height: 1, rgb: [1, 2, 3, 4, 5, 6])

  @Test func goesByTheFirstBytesNotByTheName() throws {
    #expect(try PictureFile.decode(PNG.encode(picture), from: "n02105855_2933.JPEG") == picture)
    #expect(try PictureFile.decode(JPEG.encode(picture, quality: 90), from: "x.png").width == 2)
  }

  @Test func saysWhatItFound() throws {
    let gif = fileError { try PictureFile.decode(bytes("GIF89a..."), from: "x.png") }
    #expect(gif?.kind == .unsupported && gif?.found == "bytes 47 49 46 38")
    #expect(fileError { try PictureFile.decode([], from: "x.png") }?.found == "an empty file")
    #expect(fileError { try PictureFile.decode([0x89], from: "x.png") }?.found == "bytes 89")
  }

  @Test func tellsTheSizeByTheHeaderAlone() throws {
    let (jpeg, png) = (try JPEGFixture().jpeg("4:1:1"), PNG.encode(Picture(width: 5, height: 3, rgb: [UInt8](repeating: 7, count: 45))))
    for (file, width, height) in [(jpeg, 43, 37), (Array(jpeg.dropLast(400)), 43, 37), (png, 5, 3), (Array(png.dropLast(16)), 5, 3)] {
      let size = try PictureFile.size(of: file, from: "x")
      #expect(size.width == width && size.height == height)
    }
    #expect(fileError { try PictureFile.size(of: bytes("GIF89a..."), from: "x") }?.kind == .unsupported)
    #expect(fileError { try PictureFile.size(of: Array(jpeg.prefix(100)), from: "x") }?.kind == .damaged)
    #expect(fileError { try PictureFile.size(of: Array(png.prefix(20)), from: "x") }?.kind == .damaged)
    for hostile in Hostile.flips(of: jpeg) + Hostile.flips(of: png) { _ = fileError { try PictureFile.size(of: hostile, from: "x") } }
  }

  @Test func aJPEGMayComeSmallerAndAPNGNever() throws {
    let jpeg = try JPEGFixture().jpeg("4:4:4")
    #expect(try PictureFile.decode(jpeg, from: "x", shorterSideAtLeast: 16).height == 19)
    #expect(try PictureFile.decode(PNG.encode(picture), from: "x", shorterSideAtLeast: 1) == picture)
  }
}
