/// What becomes of everything that was not on the disk itself when the power went.
public struct PowerFate: Sendable, CustomStringConvertible {
  public enum Names: String, Sendable { case kept, undone, mixed }
  public enum Contents: String, Sendable, CaseIterable { case kept, cut, garbled, mixed }

  /// Of creations, renamings and removals whose folder was not flushed. `mixed` decides one by one.
  private let names: Names
  /// Of bytes behind those that were flushed: there; gone; others of the same length.
  private let contents: Contents
  private let seed: UInt64
  private var dice: Dice

  public init(_ names: Names, _ contents: Contents, seed: UInt64 = 0) {
    self.names = names
    self.contents = contents
    self.seed = seed
    dice = Dice(state: seed)
  }

  /// Each way with names combined with each way with contents, and mixtures by the seed.
  public static func all(seed: UInt64) -> [PowerFate] {
    let plain = [Names.kept, .undone].flatMap { names in [Contents.kept, .cut, .garbled].map { PowerFate(names, $0) } }
    return plain + [PowerFate(.mixed, .mixed, seed: seed)]
  }

  public var description: String { "names \(names.rawValue), contents \(contents.rawValue)\(names == .mixed ? ", seed \(seed)" : "")" }

  /// The fate of the n-th cut: mixtures are different ones.
  func at(_ number: Int) -> PowerFate { names == .mixed ? PowerFate(names, contents, seed: seed &+ UInt64(number)) : self }

  mutating func keepsName() -> Bool {
    switch names {
    case .kept: true
    case .undone: false
    case .mixed: Bool.random(using: &dice)
    }
  }

  /// What is left of a file's content.
  mutating func content(_ bytes: [UInt8], flushed: Int) -> [UInt8] {
    guard flushed < bytes.count else { return bytes }
    switch contents == .mixed ? [.kept, .cut, .garbled].randomElement(using: &dice) ?? .kept : contents {
    case .cut: return Array(bytes[..<flushed])
    case .garbled: return bytes[..<flushed] + bytes[flushed...].map { $0 ^ 0xA5 }
    case .kept, .mixed: return bytes
    }
  }
}
