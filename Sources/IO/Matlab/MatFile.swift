import CZlib
import SystemPackage

/// Arrays of structures in MATLAB files of version 5 (its `save` writes them by default; ImageNet's development kit lists its classes in
/// one), of numbers and texts; other values are skipped.
///
/// Read by hand, because libmatio, which reads all of the format, crashes on files with one altered byte. This reader does not try to be
/// general: whatever it does not know for sure is refused.
public enum MatFile {
  /// What a field of a structure holds.
  public enum Value: Equatable, Sendable {
    /// A real array of any numeric class in MATLAB's order, column after column; 64-bit integers are rounded to Double.
    case numbers([Double])
    /// A text of one line or none.
    case text(String)
    /// Anything else: nested structures, cells, complex and sparse arrays, texts of several lines.
    case other
  }

  /// The largest variable as it is unpacked, in bytes; ImageNet's has one million. Its structures may take thirty times as much memory.
  public static let largestVariable = 1 << 23
  /// ImageNet's variable has 1,860 structures of 8 fields. Each field takes some hundred bytes of memory, and 8 of the file.
  static let mostStructures = 1 << 16, mostFields = 64

  /// The structures of the array `name`, each by the names of its fields, in MATLAB's order.
  /// - Throws: `.damaged` where a rule of the format is broken, `.missing` without such a variable, `.unsafe` where one is too large,
  ///   `.unsupported` for other versions, files of big-endian machines, and a variable of that name that is no array of structures.
  public static func structures(named name: String, in bytes: [UInt8], from path: FilePath) throws(FileError) -> [[String: Value]] {
    try checkHeader(bytes, path)
    var elements = MatCursor(bytes, 128..<bytes.count, path, inside: nil)
    var others: [String] = []
    while !elements.isAtEnd {
      let element = try elements.next()
      guard let matrix = try variable(element, in: elements) else { continue }
      if matrix.name == name { return try matrix.structures() }
      if others.count < 20 { others.append("'\(matrix.name)'") }
    }
    throw FileError(
      .missing, path, at: "variable '\(name)'", expected: "it among the variables",
      found: others.isEmpty ? "no variable" : others.joined(separator: ", "), advice: "take the file as its publisher gives it")
  }

  /// 124 bytes of words, the version, and which end of a number comes first.
  private static func checkHeader(_ bytes: [UInt8], _ path: FilePath) throws(FileError) {
    guard bytes.count >= 128 else {
      throw FileError(
        .damaged, path, at: "byte 0", expected: "a header of 128 bytes", found: "\(bytes.count)", advice: "fetch the file again")
    }
    guard bytes[124..<128].elementsEqual([0, 1, UInt8(ascii: "I"), UInt8(ascii: "M")]) else {
      let words = bytes[124..<128].map { "\($0)" }.joined(separator: " ")
      throw FileError(
        .unsupported, path, at: "byte 124", expected: "a MATLAB file of version 5, little end first (0 1 73 77)", found: words,
        advice: "save it in MATLAB with -v7")
    }
  }

  /// The matrix that an element of the file holds, packed or not; `nil` for anything else.
  private static func variable(_ element: MatCursor.Element, in file: MatCursor) throws(FileError) -> MatMatrix? {
    switch element.kind {
    case .matrix: return try MatMatrix(file.inner(element))
    case .compressed:
      let place = "byte \(element.range.lowerBound)"
      let unpacked = try inflated(file.bytes[element.range], at: place, file.path)
      var content = MatCursor(unpacked, 0..<unpacked.count, file.path, inside: "what is packed at \(place)")
      let matrix = try content.next()
      guard matrix.kind == .matrix, content.isAtEnd else { throw content.damage("one matrix", "another element") }
      return try MatMatrix(content.inner(matrix))
    default: return nil
    }
  }
}

extension MatFile {
  /// What zlib packed. Its checksum holds, so altered contents do not come through.
  static func inflated(
    _ packed: ArraySlice<UInt8>, atMost largest: Int = largestVariable, at place: String, _ path: FilePath
  ) throws(FileError) -> [UInt8] {
    let packed = Array(packed)
    // The size is not told anywhere; zlib packs a thousand bytes into one at best.
    var capacity = min(packed.count * 8 + 1024, largest)
    while true {
      var (size, status) = (uLongf(capacity), Int32(0))
      let bytes = [UInt8](unsafeUninitializedCapacity: capacity) { bytes, count in
        status = uncompress(bytes.baseAddress, &size, packed, uLong(packed.count))
        count = status == Z_OK ? Int(size) : 0
      }
      switch status {
      case Z_OK: return bytes
      case Z_BUF_ERROR where size == capacity && capacity < largest: capacity = min(capacity * 8, largest)
      case Z_BUF_ERROR where size == capacity:
        throw FileError(
          .unsafe, path, at: place, expected: "at most \(largest) bytes when unpacked", found: "more",
          advice: "take the file as its publisher gives it")
      case Z_MEM_ERROR: throw FileError(.io, path, at: place, found: "no memory for zlib")
      default:
        throw FileError(
          .damaged, path, at: place, expected: "data packed by zlib", found: "status \(status) of zlib", advice: "fetch the file again")
      }
    }
  }
}
