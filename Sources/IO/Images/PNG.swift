import CPNG
import SystemPackage

/// PNG by libpng's simplified interface (the classic one needs setjmp, which Swift has not).
public enum PNG {
  /// How every file of this kind begins.
  public static let beginning: [UInt8] = [0x89, 0x50, 0x4E, 0x47]

  /// Reads any PNG as 8-bit sRGB: grey and palette become RGB, 16 bits become 8, a gamma chunk is obeyed,
  /// transparent pixels lie over black (blended in linear light).
  /// - Throws: `.damaged` for bytes that are no whole PNG, `.unsafe` for one of absurd size.
  public static func decode(_ bytes: [UInt8], from path: FilePath) throws(FileError) -> Image {
    let bytes = try chunks(of: bytes, path)
    var png = png_image()
    png.version = png_uint_32(PNG_IMAGE_VERSION)
    defer { png_image_free(&png) }
    // libpng keeps the address between the two calls, so both lie inside the closure.
    return try bytes.withRawBytes { source throws(FileError) in
      guard png_image_begin_read_from_memory(&png, source.baseAddress, source.count) != 0 else { throw damage(png, path) }
      let count = try Image.byteCount(width: Int(png.width), height: Int(png.height), from: path)
      let (width, height) = (Int(png.width), Int(png.height))
      png.format = PNG_FORMAT_FLAG_COLOR
      // Else libpng takes 16-bit values without a gamma chunk for linear ones, as no other program does.
      png.flags |= png_uint_32(PNG_IMAGE_FLAG_16BIT_sRGB)
      var black = png_color(red: 0, green: 0, blue: 0)
      var rgb = [UInt8](repeating: 0, count: count)
      guard png_image_finish_read(&png, &black, &rgb, 0, nil) != 0 else { throw damage(png, path) }
      return Image(width: width, height: height, rgb: rgb)
    }
  }

  /// The sides that the header tells. What follows it is not looked at.
  /// - Throws: `.damaged` without a whole header, `.unsafe` for an absurd size.
  static func size(of bytes: [UInt8], from path: FilePath) throws(FileError) -> (width: Int, height: Int) {
    guard let (width, height) = PNGChunks.size(of: bytes) else {
      throw FileError(.damaged, path, expected: "a whole PNG image", found: "no header", advice: "fetch or make the image again")
    }
    _ = try Image.byteCount(width: width, height: height, from: path)
    return (width, height)
  }

  /// The image as an 8-bit RGB PNG without loss. The same image gives the same bytes with the same libpng and zlib.
  public static func encode(_ image: Image) -> [UInt8] {
    image.checkSize("PNG.encode")
    var png = png_image()
    png.version = png_uint_32(PNG_IMAGE_VERSION)
    png.width = png_uint_32(image.width)
    png.height = png_uint_32(image.height)
    png.format = PNG_FORMAT_FLAG_COLOR
    defer { png_image_free(&png) }
    // Room for an incompressible image, so that one pass is enough; if ever not, libpng says how much it needs.
    var size = png_alloc_size_t(image.rgb.count + image.height + image.rgb.count / 64 + 4096)
    for _ in 0..<2 {
      var bytes = [UInt8](repeating: 0, count: Int(size))
      if png_image_write_to_memory(&png, &bytes, &size, 0, image.rgb, 0, nil) != 0 { return Array(bytes.prefix(Int(size))) }
    }
    preconditionFailure("PNG.encode: libpng refused an image of \(image.width)x\(image.height): \(message(png))")
  }

  private static func chunks(of bytes: [UInt8], _ path: FilePath) throws(FileError) -> [UInt8] {
    do throws(PNGChunks.Flaw) {
      return try PNGChunks(bytes).bytes
    } catch {
      throw FileError(.damaged, path, expected: "a whole PNG image", found: error.words, advice: "fetch or make the image again")
    }
  }

  private static func damage(_ png: png_image, _ path: FilePath) -> FileError {
    if ["out of memory", "insufficient memory"].contains(where: message(png).lowercased().contains) {
      return FileError(.io, path, found: "\"\(message(png))\"", advice: "free some memory")
    }
    return FileError(.damaged, path, expected: "a whole PNG image", found: "\"\(message(png))\"", advice: "fetch or make the image again")
  }

  /// libpng's own words, at most 63 bytes.
  private static func message(_ png: png_image) -> String {
    withUnsafeBytes(of: png.message) { String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self) }
  }
}
