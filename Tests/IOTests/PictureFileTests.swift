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
}
