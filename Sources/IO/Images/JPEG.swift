import CTurboJPEG
import SystemPackage

/// JPEG by TurboJPEG. A handle is made for each call, so that any number of threads may decode at once.
public enum JPEG {
  /// Reads a JPEG as RGB. Grey becomes RGB; CMYK is taken as inverted, as Adobe's programs write it (ImageNet holds such files).
  /// An orientation in the EXIF data is not obeyed.
  ///
  /// Where the library warns, the file is refused, unless the flaw is one of those that `JPEGMending` takes away and the mended file
  /// decodes without any warning: the library tells only the first one, which may hide worse ones behind it.
  /// - Parameter shorterSideAtLeast: the image may come at 1/2, 1/4 or 1/8 of its size (sides rounded up), which is quicker, as long as
  ///   its shorter side stays at least this; `nil`: never. It is then smoothed by the inverse transform, hence not what `scaled` gives.
  /// - Throws: `.damaged` for bytes that are no whole JPEG, also where the library would only warn; `.unsafe` for one of absurd size.
  public static func decode(_ bytes: [UInt8], from path: FilePath, shorterSideAtLeast: Int? = nil) throws(FileError) -> Image {
    var outcome = try attempt(bytes, path, shorterSideAtLeast)
    var mended = bytes
    // A file may have each of the flaws, and bytes too many in two places.
    for _ in 0..<5 {
      guard case .refused(let warning) = outcome, let next = JPEGMending.mended(mended, of: warning) else { break }
      mended = next
      outcome = try attempt(mended, path, shorterSideAtLeast)
    }
    switch outcome {
    case .image(let image): return image
    case .refused(let message): throw damage(message, path, bytes)
    }
  }

  /// The sides that the header tells. What follows it is not looked at.
  /// - Throws: `.damaged` without a whole header, `.unsafe` for an absurd size.
  static func size(of bytes: [UInt8], from path: FilePath) throws(FileError) -> (width: Int, height: Int) {
    let handle = try decompressor(path)
    defer { tjDestroy(handle) }
    let header = try header(handle, bytes, path)
    return (header.width, header.height)
  }

  private enum Outcome {
    case image(Image)
    /// The library's words.
    case refused(String)
  }

  private static func decompressor(_ path: FilePath) throws(FileError) -> tjhandle {
    guard let handle = tjInitDecompress() else { throw FileError(.io, path, found: "no memory for TurboJPEG") }
    return handle
  }

  /// The sides, and whether the colours are inks (CMYK, or the same as YCCK).
  private static func header(
    _ handle: tjhandle, _ bytes: [UInt8], _ path: FilePath
  ) throws(FileError) -> (width: Int, height: Int, inks: Bool) {
    var (width, height, sampling, space): (Int32, Int32, Int32, Int32) = (0, 0, 0, 0)
    // Its verdict is not asked for: it also refuses rare subsamplings that decoding accepts, and decoding meets every damage again.
    tjDecompressHeader3(handle, bytes, UInt(bytes.count), &width, &height, &sampling, &space)
    guard width > 0, height > 0 else { throw damage(message(handle), path, bytes) }
    _ = try Image.byteCount(width: Int(width), height: Int(height), from: path)
    return (Int(width), Int(height), space == Int32(TJCS_CMYK.rawValue) || space == Int32(TJCS_YCCK.rawValue))
  }

  /// Decodes, and stops at the first warning.
  private static func attempt(_ bytes: [UInt8], _ path: FilePath, _ shorterSideAtLeast: Int?) throws(FileError) -> Outcome {
    let handle = try decompressor(path)
    defer { tjDestroy(handle) }
    let (fullWidth, fullHeight, inks) = try header(handle, bytes, path)
    let part = divisor(of: min(fullWidth, fullHeight), shorterSideAtLeast)
    let (width, height) = ((fullWidth + part - 1) / part, (fullHeight + part - 1) / part)
    // Scans are limited because a small progressive file of thousands of them would take hours.
    let flags = TJFLAG_STOPONWARNING | TJFLAG_LIMITSCANS | TJFLAG_ACCURATEDCT
    let format = inks ? TJPF_CMYK : TJPF_RGB
    var pixels = [UInt8](repeating: 0, count: width * height * (inks ? 4 : 3))
    guard tjDecompress2(handle, bytes, UInt(bytes.count), &pixels, Int32(width), 0, Int32(height), format.rawValue, flags) == 0 else {
      return .refused(message(handle))
    }
    return .image(Image(width: width, height: height, rgb: inks ? rgb(fromInvertedCMYK: pixels) : pixels))
  }

  /// 8, 4 or 2, the greatest that leaves a side of `length` at least `least`; else 1.
  private static func divisor(of length: Int, _ least: Int?) -> Int {
    guard let least else { return 1 }
    return [8, 4, 2].first { (length + $0 - 1) / $0 >= least } ?? 1
  }

  /// The image as a JPEG with colours at half resolution (4:2:0), as most programs write it.
  /// - Parameter quality: in 1...100.
  /// - Throws: `.unsupported` for sides over 65535, which JPEG cannot hold.
  public static func encode(_ image: Image, quality: Int) throws(FileError) -> [UInt8] {
    image.checkSize("JPEG.encode")
    precondition((1...100).contains(quality), "JPEG.encode: quality must lie in 1...100, got \(quality)")
    guard image.width <= 65535, image.height <= 65535 else {
      throw FileError(
        .unsupported, "", at: "JPEG", expected: "sides up to 65535", found: "\(image.width)x\(image.height)", advice: "write a PNG")
    }
    guard let handle = tjInitCompress() else { throw FileError(.io, "", at: "JPEG", found: "no memory for TurboJPEG") }
    defer { tjDestroy(handle) }
    var buffer: UnsafeMutablePointer<UInt8>?
    defer { tjFree(buffer) }
    var size: UInt = 0
    let (width, height) = (Int32(image.width), Int32(image.height))
    let flags = TJFLAG_ACCURATEDCT
    let code = tjCompress2(
      handle, image.rgb, width, 0, height, Int32(TJPF_RGB.rawValue), &buffer, &size, Int32(TJSAMP_420.rawValue), Int32(quality), flags)
    guard code == 0, let buffer else { throw damage(message(handle), "") }
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

  private static func message(_ handle: tjhandle) -> String { String(cString: tjGetErrorStr2(handle)) }

  private static func damage(_ message: String, _ path: FilePath, _ bytes: [UInt8] = []) -> FileError {
    if message.lowercased().contains("insufficient memory") {
      return FileError(.io, path, found: "\"\(message)\"", advice: "free some memory")
    }
    if let kind = JPEGSegments(bytes).unreadableKind {
      return FileError(
        .unsupported, path, expected: "a JPEG of 8 bits, baseline or progressive", found: kind, advice: "convert the image to PNG")
    }
    return FileError(.damaged, path, expected: "a whole JPEG image", found: "\"\(message)\"", advice: "fetch or make the image again")
  }
}
