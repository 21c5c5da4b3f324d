/// Where the parts of a JPEG lie that markers begin: headers, tables, scans.
struct JPEGSegments {
  struct Segment {
    /// The byte after 0xFF.
    let marker: UInt8
    /// From 0xFF to the end; of a scan to the marker that ends it.
    let range: Range<Int>
    /// Without marker and length, of a scan its header alone; empty where the marker stands by itself.
    let payload: Range<Int>
    /// Of the payload.
    let firstByte: UInt8?
  }

  static let (start, end, scan): (UInt8, UInt8, UInt8) = (0xD8, 0xD9, 0xDA)

  /// In the order of the file, to its end marker or to a segment that is not whole.
  private(set) var all: [Segment] = []

  init(_ bytes: [UInt8]) {
    while let segment = Self.segment(of: bytes, after: all.last?.range.upperBound ?? 0) {
      all.append(segment)
      if segment.marker == Self.end { break }
    }
  }

  /// What kind of JPEG it is by its frame header, if of one that few programs read; nil for the common ones.
  var unreadableKind: String? {
    for segment in all where (0xC0...0xCF).contains(segment.marker) && ![0xC4, 0xC8, 0xCC].contains(segment.marker) {
      if let bits = segment.firstByte, bits != 8 { return "one of \(bits) bits" }
      switch segment.marker {
      case 0xC3, 0xC7, 0xCB, 0xCF: return "a lossless one"
      case 0xC5, 0xC6, 0xCD, 0xCE: return "a hierarchical one"
      default: return nil
      }
    }
    return nil
  }

  private static func segment(of bytes: [UInt8], after position: Int) -> Segment? {
    guard let begin = marker(of: bytes, from: position) else { return nil }
    let (code, body) = (bytes[begin + 1], begin + 2)
    if code == start || code == end || code == 0x01 || isRestart(code) {
      return Segment(marker: code, range: begin..<body, payload: body..<body, firstByte: nil)
    }
    guard bytes.count - body >= 2 else { return nil }
    let length = Int(bytes[body]) << 8 | Int(bytes[body + 1])
    guard length >= 2, bytes.count - body >= length else { return nil }
    var after = body + length
    if code == scan {
      repeat {
        after = marker(of: bytes, from: after) ?? bytes.count
        guard after < bytes.count, isRestart(bytes[after + 1]) else { break }
        after += 2
      } while true
    }
    return Segment(
      marker: code, range: begin..<after, payload: body + 2..<body + length, firstByte: length > 2 ? bytes[body + 2] : nil)
  }

  /// The next 0xFF with a marker behind it: neither a data byte 0xFF (followed by 0) nor a fill byte.
  private static func marker(of bytes: [UInt8], from position: Int) -> Int? {
    var index = position
    while index + 1 < bytes.count {
      if bytes[index] == 0xFF, bytes[index + 1] != 0, bytes[index + 1] != 0xFF { return index }
      index += 1
    }
    return nil
  }

  private static func isRestart(_ code: UInt8) -> Bool { (0xD0...0xD7).contains(code) }
}
