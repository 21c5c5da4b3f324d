/// Takes flaws out of JPEG files that the library warns of though no pixel need suffer from them; ImageNet holds such files.
///
/// Bytes too many between two parts of an image are none of these, for then the parts are damaged. Behind the last one they are taken
/// for strays, as most are; that damage within the image left them over, nothing in the file could tell.
enum JPEGMending {
  /// The file without the flaw that the library's warning tells of; `nil` where the warning is of another kind, or the file has no
  /// such flaw.
  static func mended(_ bytes: [UInt8], of warning: String) -> [UInt8]? {
    let segments = JPEGSegments(bytes).all
    if let count = extraneousBytes(warning) { return withoutGaps(bytes, segments) ?? withoutTail(bytes, segments, count) }
    guard let changes = changes(bytes, segments, warning) else { return nil }
    var mended = bytes
    for (index, value) in changes { mended[index] = value }
    return mended == bytes ? nil : mended
  }

  /// Which bytes should read what.
  private static func changes(_ bytes: [UInt8], _ segments: [JPEGSegments.Segment], _ warning: String) -> [(Int, UInt8)]? {
    if warning == "Invalid SOS parameters for sequential JPEG" {
      // Spectral selection and approximation, which mean nothing in a sequential file, as the standard asks.
      return segments.filter { $0.marker == JPEGSegments.scan && $0.payload.count >= 3 }.flatMap { zip($0.payload.suffix(3), [0, 63, 0]) }
    }
    if warning.hasPrefix("Unknown Adobe color transform code") {
      // The colours that the library assumes then: YCbCr, of four components YCCK.
      guard let frame = segments.first(where: { isFrame($0.marker) && $0.payload.count >= 6 }) else { return nil }
      let transform: UInt8 = bytes[frame.payload.lowerBound + 5] == 4 ? 2 : 1
      return applications(0xEE, "Adobe", bytes, segments).map { ($0.payload.lowerBound + 11, transform) }
    }
    if warning.hasPrefix("Warning: unknown JFIF revision number") {
      return applications(0xE0, "JFIF\0", bytes, segments).map { ($0.payload.lowerBound + 5, 1) }
    }
    return nil
  }

  /// N of "Corrupt JPEG data: N extraneous bytes before marker 0xXX".
  private static func extraneousBytes(_ warning: String) -> Int? {
    let words = warning.split(separator: " ")
    return words.count == 9 && words[4] == "extraneous" ? Int(words[3]) : nil
  }

  /// Without what lies between the segments.
  private static func withoutGaps(_ bytes: [UInt8], _ segments: [JPEGSegments.Segment]) -> [UInt8]? {
    guard let last = segments.last else { return nil }
    let whole = segments.flatMap { bytes[$0.range] } + bytes[last.range.upperBound...]
    return whole.count < bytes.count ? whole : nil
  }

  /// Without the last bytes of the last scan, which its decoder had no use for. The data of scans has no length of its own, so where these
  /// bytes begin only the decoder knows. An earlier scan is not cut: which one it was, the warning does not tell.
  private static func withoutTail(_ bytes: [UInt8], _ segments: [JPEGSegments.Segment], _ count: Int) -> [UInt8]? {
    guard let end = segments.last, end.marker == JPEGSegments.end, let scan = segments.dropLast().last, scan.marker == JPEGSegments.scan,
      count > 0, count <= scan.range.upperBound - scan.payload.upperBound
    else { return nil }
    return Array(bytes[..<(scan.range.upperBound - count)] + bytes[end.range.lowerBound...])
  }

  /// What programs tell of themselves: segments of this marker and name, of at least 12 bytes.
  private static func applications(
    _ marker: UInt8, _ name: String, _ bytes: [UInt8], _ segments: [JPEGSegments.Segment]
  ) -> [JPEGSegments.Segment] {
    segments.filter { $0.marker == marker && $0.payload.count >= 12 && bytes[$0.payload].starts(with: name.utf8) }
  }

  /// SOF0 to SOF15, without the tables and extensions between them.
  private static func isFrame(_ marker: UInt8) -> Bool { (0xC0...0xCF).contains(marker) && ![0xC4, 0xC8, 0xCC].contains(marker) }
}
