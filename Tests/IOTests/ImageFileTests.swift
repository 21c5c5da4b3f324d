import CZlib
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
    #expect(gif?.kind == .unsupported && gif?.found == "a GIF image" && gif?.advice == "convert the image to PNG")
    #expect(fileError { try ImageFile.decode([], from: "x.png") }?.found == "an empty file")
    #expect(fileError { try ImageFile.decode([0x89], from: "x.png") }?.found == "bytes 89")
    for (start, words, advice) in [
      ("version https://git-lfs.github.com/spec/v1\n", "a Git LFS pointer, not the file it stands for", "fetch the file itself with 'git lfs pull'"),
      ("[.ShellClassInfo]\r\n", "a text", "take it out of the data"), ("<!DOCTYPE html><p>", "a web page (HTML)", "fetch the file again: the server answered with a page"),
    ] {
      let error = fileError { try ImageFile.decode(bytes(start), from: "x.png") }
      #expect(error?.kind == .unsupported && error?.found == words && error?.advice == advice)
    }
    #expect(fileError { try ImageFile.decode([0x80, 4, 0x95, 0], from: "x.png") }?.found == "a Python pickle")
  }

  /// libpng takes as much memory as a text chunk says that it is long, and leaves out chunks whose checksum is wrong.
  @Test func chunksOfAPNGAreLookedThroughFirst() throws {
    let png = PNG.encode(image)
    func chunk(_ name: String, _ content: [UInt8], claiming length: Int? = nil, checksum: UInt32? = nil) -> [UInt8] {
      let body = Array(name.utf8) + content
      let sum = checksum ?? body.withUnsafeBufferPointer { UInt32(crc32(0, $0.baseAddress, uInt($0.count))) }
      return number(UInt32(length ?? content.count)) + body + number(sum)
    }
    func number(_ value: UInt32) -> [UInt8] { (0..<4).reversed().map { UInt8(truncatingIfNeeded: value >> (8 * $0)) } }
    let (head, rest) = (png.prefix(33), png.dropFirst(33))
    let text = Array(head) + chunk("tEXt", Array("a\u{0}b".utf8)) + rest
    #expect(try ImageFile.decode(text, from: "x.png") == image)
    let long = Array(head) + chunk("tEXt", Array("abc".utf8), claiming: 0x7FFF_FFFF)
    #expect(fileError { try ImageFile.decode(long, from: "x.png") }?.found == "chunk 'tEXt' of 2147483647 bytes, of which the file has 3")
    let altered = Array(head) + chunk("tRNS", [0, 1, 0, 2, 0, 3], checksum: 1) + rest
    #expect(fileError { try ImageFile.decode(altered, from: "x.png") }?.found == "a wrong checksum in chunk 'tRNS'")
    #expect(fileError { try ImageFile.decode(Array(png.dropLast(12)), from: "x.png") }?.found == "the end of the file behind chunk 'IDAT'")
  }

  @Test(arguments: [(UInt8(12), UInt8(0xC1), "one of 12 bits"), (8, 0xC3, "a lossless one"), (8, 0xC5, "a hierarchical one")])
  func rareKindsOfJPEGAreNamed(_ bits: UInt8, _ marker: UInt8, _ words: String) throws {
    var jpeg = try JPEG.encode(image, quality: 90)
    let frame = try #require(jpeg.indices.dropLast().first { jpeg[$0] == 0xFF && jpeg[$0 + 1] == 0xC0 })
    (jpeg[frame + 1], jpeg[frame + 4]) = (marker, bits)
    let error = fileError { try ImageFile.decode(jpeg, from: "x.jpg") }
    #expect(error?.kind == .unsupported && error?.found == words && error?.advice == "convert the image to PNG", "\(String(describing: error))")
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
