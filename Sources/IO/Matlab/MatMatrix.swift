import SystemPackage

/// One array of a MATLAB file: flags, dimensions and name are read, the content is not yet.
struct MatMatrix {
  /// The number of MATLAB's class: 1 cell, 2 structure, 4 text, 6 to 15 numbers; 0 for the empty array that has nothing, not even flags.
  let type: UInt8
  let isComplex: Bool
  let name: String
  /// Rows, columns, and so on.
  let dimensions: [Int]
  /// Their product.
  let count: Int
  private let content: MatCursor

  /// MATLAB's own limit is 63 letters.
  private static let longestName = 256

  init(_ elements: MatCursor) throws(FileError) {
    var elements = elements
    guard !elements.isAtEnd else {
      (type, isComplex, name, dimensions, count, content) = (0, false, "", [0, 0], 0, elements)
      return
    }
    let flags = try elements.next(.uint32)
    guard flags.count == 8 else { throw elements.damage("8 bytes of flags", "\(flags.count)") }
    (type, isComplex) = (elements.bytes[flags.lowerBound], elements.bytes[flags.lowerBound + 1] & 8 != 0)
    dimensions = try Self.dimensions(&elements)
    guard let count = SafetensorsHeader.elementCount(of: dimensions) else {
      throw elements.damage("a countable array", dimensions.map { "\($0)" }.joined(separator: "x"))
    }
    self.count = count
    let word = try elements.next(.int8)
    guard word.count <= Self.longestName else { throw elements.damage("a name of at most \(Self.longestName) bytes", "\(word.count)") }
    name = Self.name(elements.bytes[word])
    content = elements
  }

  /// - Throws: `.unsupported` where it holds no structures.
  func structures() throws(FileError) -> [[String: MatFile.Value]] {
    guard type == 2 else {
      throw FileError(
        .unsupported, content.path, at: "variable '\(name)'", expected: "an array of structures", found: "class \(type)",
        advice: "take the file as its publisher gives it")
    }
    var content = content
    let names = try Self.fieldNames(&content)
    // Each field takes bytes, so that no number of structures costs more memory than the file allows.
    guard !names.isEmpty else { throw content.damage("structures with fields", "none") }
    guard names.count <= MatFile.mostFields, count <= MatFile.mostStructures else {
      throw FileError(
        .unsafe, content.path, at: "variable '\(name)'",
        expected: "at most \(MatFile.mostStructures) structures of \(MatFile.mostFields) fields each", found: "\(count) of \(names.count)",
        advice: "take the file as its publisher gives it")
    }
    var structures: [[String: MatFile.Value]] = []
    for _ in 0..<count {
      var fields: [String: MatFile.Value] = [:]
      for name in names {
        let element = try content.next()
        guard element.kind == .matrix else { throw content.damage("a matrix for each field", "\(element.kind)") }
        fields[name] = try MatMatrix(content.inner(element)).value()
      }
      structures.append(fields)
    }
    guard content.isAtEnd else { throw content.damage("\(count) structures", "more") }
    return structures
  }

  private func value() throws(FileError) -> MatFile.Value {
    var content = content
    switch type {
    case 0: return .numbers([])
    case 4 where dimensions.count == 2 && (dimensions[0] <= 1 || count == 0): return .text(try content.text(count))
    case 6...15 where !isComplex: return .numbers(try content.numbers(count))
    default: return .other
    }
  }

  private static func dimensions(_ elements: inout MatCursor) throws(FileError) -> [Int] {
    let range = try elements.next(.int32)
    guard range.count >= 8, range.count % 4 == 0 else { throw elements.damage("at least two dimensions", "\(range.count) bytes") }
    return stride(from: range.lowerBound, to: range.upperBound, by: 4).map { Int(Int32(bitPattern: elements.number(at: $0))) }
  }

  /// Each has the same length in the file, filled up with zeros.
  private static func fieldNames(_ content: inout MatCursor) throws(FileError) -> [String] {
    let length = try content.next(.int32)
    guard length.count == 4 else { throw content.damage("the length of fields' names", "\(length.count) bytes") }
    let (size, names) = (Int(content.number(at: length.lowerBound)), try content.next(.int8))
    guard size > 0, names.count % size == 0, names.count / size <= MatFile.largestVariable / 64 else { throw content.damage("names of \(size) bytes each", "\(names.count) bytes") }
    return stride(from: names.lowerBound, to: names.upperBound, by: size).map { name(content.bytes[$0..<$0 + size]) }
  }

  private static func name(_ bytes: ArraySlice<UInt8>) -> String { String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self) }
}
