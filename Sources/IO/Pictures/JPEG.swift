import CTurboJPEG
import SystemPackage

/// JPEG by TurboJPEG. A handle is made for each call, so that any number of threads may decode at once.
public enum JPEG {
  /// Reads a JPEG as RGB. Grey becomes RGB; CMYK is taken as inverted, as Adobe's programs write it (ImageNet holds such files).
  /// An orientation in the EXIF data is not obeyed.
  /// - Throws: `.damaged` for bytes that are no whole JPEG, also where the library would only warn; `.unsafe` for one of absurd size.
  public static func decode(_ bytes: [UInt8], from path: FilePath) throws(FileError) -> Picture {
    guard let handle = tjInitDecompress() else { throw FileError(.io, path, found: "no memory for TurboJPEG") }
    defer { tjDestroy(handle) }
    var (width, height, sampling, space): (Int32, Int32, Int32, Int32) = (0, 0, 0, 0)
    // Its verdict is not asked for: it also refuses rare subsamplings that decoding accepts, and decoding meets every damage again.
    tjDecompressHeader3(handle, bytes, UInt(bytes.count), &width, &height, &sampling, &space)
    guard width > 0, height > 0 else { throw damage(handle, path) }
    let count = try Picture.byteCount(width: Int(width), height: Int(height), from: path)
    let inks = space == Int32(TJCS_CMYK.rawValue) || space == Int32(TJCS_YCCK.rawValue)
    let format = inks ? TJPF_CMYK : TJPF_RGB
    // Scans are limited because a small progressive file of thousands of them would take hours.
    let flags = TJFLAG_STOPONWARNING | TJFLAG_LIMITSCANS | TJFLAG_ACCURATEDCT
    var pixels = [UInt8](repeating: 0, count: inks ? count / 3 * 4 : count)
    guard tjDecompress2(handle, bytes, UInt(bytes.count), &pixels, width, 0, height, format.rawValue, flags) == 0 else {
      throw damage(handle, path)
    }
    return Picture(width: Int(width), height: Int(height), rgb: inks ? rgb(fromInvertedCMYK: pixels) : pixels)
  }

  /// The picture as a JPEG with colours at half resolution (4:2:0), as most programs write it.
  /// - Parameter quality: in 1...100.
  /// - Throws: `.unsupported` for sides over 65535, which JPEG cannot hold.
  public static func encode(_ picture: Picture, quality: Int) throws(FileError) -> [UInt8] {
    picture.checkSize("JPEG.encode")
    precondition((1...100).contains(quality), "JPEG.encode: quality must lie in 1...100, got \(quality)")
    guard picture.width <= 65535, picture.height <= 65535, let handle = tjInitCompress() else {
      throw FileError(
        .unsupported, "", at: "JPEG", expected: "sides up to 65535", found: "\(picture.width)x\(picture.height)", advice: "write a PNG")
    }
    defer { tjDestroy(handle) }
    var buffer: UnsafeMutablePointer<UInt8>?
    defer { tjFree(buffer) }
    var size: UInt = 0
    let (width, height) = (Int32(picture.width), Int32(picture.height))
    let flags = TJFLAG_ACCURATEDCT
    let code = tjCompress2(
      handle, picture.rgb, width, 0, height, Int32(TJPF_RGB.rawValue), &buffer, &size, Int32(TJSAMP_420.rawValue), Int32(quality), flags)
    guard code == 0, let buffer else { throw damage(handle, "") }
    return Array(UnsafeBufferPointer(start: buffer, count: Int(size)))
  }

  /// Paper minus inks, in whole numbers rounded to nearest: with inverted values red is C K / 255.
  private static func rgb(fromInvertedCMYK pixels: [UInt8]) -> [UInt8] {
    var rgb: [UInt8] = []
    rgb.reserveCapacity(pixels.count / 4 * 3)
    for pixel in stride(from: 0, to: pixels.count, by: 4) {
      let black = UInt32(pixels[pixel + 3])
      for ink in 0..<3 { rgb.append(UInt8((UInt32(pixels[pixel + ink]) * black + 127) / 255)) }
    }
    return rgb
  }

  private static func damage(_ handle: tjhandle, _ path: FilePath) -> FileError {
    FileError(
      .damaged, path, expected: "a whole JPEG picture", found: "\"\(String(cString: tjGetErrorStr2(handle)))\"",
      advice: "fetch or make the picture again")
  }
}
