import CPNG
import SystemPackage

/// PNG by libpng's simplified interface (the classic one needs setjmp, which Swift has not).
public enum PNG {
  /// Reads any PNG as 8-bit sRGB: grey and palette become RGB, 16 bits become 8, a gamma chunk is obeyed,
  /// transparent pixels lie over black (blended in linear light).
  /// - Throws: `.damaged` for bytes that are no whole PNG, `.unsafe` for one of absurd size.
  public static func decode(_ bytes: [UInt8], from path: FilePath) throws(FileError) -> Picture {
    var image = png_image()
    image.version = png_uint_32(PNG_IMAGE_VERSION)
    defer { png_image_free(&image) }
    // libpng keeps the address between the two calls, so both lie inside the closure.
    return try bytes.withRawBytes { source throws(FileError) in
      guard png_image_begin_read_from_memory(&image, source.baseAddress, source.count) != 0 else { throw damage(image, path) }
      let count = try Picture.byteCount(width: Int(image.width), height: Int(image.height), from: path)
      let (width, height) = (Int(image.width), Int(image.height))
      image.format = PNG_FORMAT_FLAG_COLOR
      // Else libpng takes 16-bit values without a gamma chunk for linear ones, as no other program does.
      image.flags |= png_uint_32(PNG_IMAGE_FLAG_16BIT_sRGB)
      var black = png_color(red: 0, green: 0, blue: 0)
      var rgb = [UInt8](repeating: 0, count: count)
      guard png_image_finish_read(&image, &black, &rgb, 0, nil) != 0 else { throw damage(image, path) }
      return Picture(width: width, height: height, rgb: rgb)
    }
  }

  /// The sides that the header tells. What follows it is not looked at.
  /// - Throws: `.damaged` without a whole header, `.unsafe` for an absurd size.
  static func size(of bytes: [UInt8], from path: FilePath) throws(FileError) -> (width: Int, height: Int) {
    var image = png_image()
    image.version = png_uint_32(PNG_IMAGE_VERSION)
    defer { png_image_free(&image) }
    return try bytes.withRawBytes { source throws(FileError) in
      guard png_image_begin_read_from_memory(&image, source.baseAddress, source.count) != 0 else { throw damage(image, path) }
      _ = try Picture.byteCount(width: Int(image.width), height: Int(image.height), from: path)
      return (Int(image.width), Int(image.height))
    }
  }

  /// The picture as an 8-bit RGB PNG without loss. The same picture gives the same bytes with the same libpng and zlib.
  public static func encode(_ picture: Picture) -> [UInt8] {
    picture.checkSize("PNG.encode")
    var image = png_image()
    image.version = png_uint_32(PNG_IMAGE_VERSION)
    image.width = png_uint_32(picture.width)
    image.height = png_uint_32(picture.height)
    image.format = PNG_FORMAT_FLAG_COLOR
    defer { png_image_free(&image) }
    // Room for an incompressible picture, so that one pass is enough; if ever not, libpng says how much it needs.
    var size = png_alloc_size_t(picture.rgb.count + picture.height + picture.rgb.count / 64 + 4096)
    for _ in 0..<2 {
      var bytes = [UInt8](repeating: 0, count: Int(size))
      if png_image_write_to_memory(&image, &bytes, &size, 0, picture.rgb, 0, nil) != 0 { return Array(bytes.prefix(Int(size))) }
    }
    preconditionFailure("PNG.encode: libpng refused a picture of \(picture.width)x\(picture.height): \(message(image))")
  }

  private static func damage(_ image: png_image, _ path: FilePath) -> FileError {
    if ["out of memory", "insufficient memory"].contains(where: message(image).lowercased().contains) {
      return FileError(.io, path, found: "\"\(message(image))\"", advice: "free some memory")
    }
    return FileError(
      .damaged, path, expected: "a whole PNG picture", found: "\"\(message(image))\"", advice: "fetch or make the picture again")
  }

  /// libpng's own words, at most 63 bytes.
  private static func message(_ image: png_image) -> String {
    withUnsafeBytes(of: image.message) { String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self) }
  }
}
