/// Elements of MATLAB files made by hand, for what SciPy does not write.
enum MatBytes {
  /// A whole file of uncompressed variables.
  static func file(_ variables: [UInt8]) -> [UInt8] { bytes(String(repeating: " ", count: 124)) + [0, 1] + bytes("IM") + variables }

  /// Tag, content and filling.
  static func element(_ kind: UInt8, _ content: [UInt8]) -> [UInt8] {
    [kind, 0, 0, 0] + number(content.count) + content + [UInt8](repeating: 0, count: (8 - content.count % 8) % 8)
  }

  /// - Parameters:
  ///   - type: MATLAB's class.
  ///   - content: the elements that follow the name.
  static func matrix(_ type: UInt8, _ sides: [Int], named name: String = "", _ content: [UInt8]) -> [UInt8] {
    let head = element(6, [type, 0, 0, 0, 0, 0, 0, 0]) + element(5, sides.flatMap { number($0) }) + element(1, bytes(name))
    return element(14, head + content)
  }

  /// An array of structures of one field, with as many elements as `field` holds.
  static func structures(_ name: String, sides: [Int] = [1, 1], field: String, _ content: [UInt8]) -> [UInt8] {
    let names = bytes(field) + [UInt8](repeating: 0, count: 16 - field.utf8.count)
    return matrix(2, sides, named: name, [5, 0, 4, 0] + number(16) + element(1, names) + content)
  }

  private static func number(_ value: Int) -> [UInt8] { (0..<4).map { UInt8(truncatingIfNeeded: value >> ($0 * 8)) } }
}
