import DiskSupport
import Foundation
import IO
import Jobs

extension Dice {
  mutating func below(_ count: Int) -> Int { count <= 0 ? 0 : Int(next() % UInt64(count)) }
  mutating func one<Element>(of elements: [Element]) -> Element { elements[below(elements.count)] }
}

/// The input of a number: the first are the sound seeds as they are, then each is a seed mutated a few times.
struct Mutation {
  private let target: any Target
  private let seed: UInt64
  private let sound: Int
  private let seeds: [[UInt8]]

  private static let numbers: [UInt64] = [
    0, 1, 0x7F, 0x80, 0xFF, 0x7FFF, 0xFFFF, 0x7FFF_FFFF, 0x8000_0000, 0xFFFF_FFFF, 0x7FFF_FFFF_FFFF_FFFF, 0x8000_0000_0000_0000, .max,
  ]
  private static let texts = ["-1", "0", "1e308", "99999999999999999999", "18446744073709551615", "null", "\"\"", "[]", "{}", "\u{0}", "\u{202E}", "NaN"]

  /// - Parameter more: folders with files to begin with beside the target's own.
  init(_ target: any Target, seed: UInt64, more: [String]) throws {
    (self.target, self.seed) = (target, seed)
    let sound = try target.seeds()
    self.sound = sound.count
    let found = try more.flatMap { try Self.files(in: FilePath($0), target) }
    seeds = sound + (try target.flawed()) + found
  }

  /// The files of a kind in a folder and below, in order of their names.
  private static func files(in folder: FilePath, _ target: any Target) throws -> [[UInt8]] {
    try LocalDisk().list(folder).flatMap { name -> [[UInt8]] in
      let path = folder.appending(name)
      let status = try LocalDisk().status(path)
      if status?.kind == .folder { return try files(in: path, target) }
      guard let size = status?.size, size <= target.largest, target.suffixes.contains(where: name.lowercased().hasSuffix) else { return [] }
      return [try LocalDisk().read(path)]
    }
  }

  /// Whether an input is one of the target's sound seeds.
  func isSound(_ number: Int) -> Bool { number < sound }

  func input(_ number: Int) -> [UInt8] {
    if isSound(number) { return seeds[number] }
    var dice = Dice(state: seed &* 0x1_0000_01B3 &+ UInt64(number))
    // Of many files that are given, few are of this kind.
    var bytes = dice.one(of: dice.below(2) == 0 ? Array(seeds.prefix(sound)) : seeds)
    if target.isJSON, dice.below(3) > 0 {
      for _ in 0...dice.below(3) { bytes = JSONMutation(words: target.words).mutated(bytes, &dice) }
      if dice.below(3) > 0 { return bytes }
    }
    for _ in 0...dice.below(4) { mutate(&bytes, &dice) }
    if bytes.count > target.largest { bytes.removeLast(bytes.count - target.largest) }
    return dice.below(4) == 0 ? bytes : target.mended(bytes)
  }

  private func mutate(_ bytes: inout [UInt8], _ dice: inout Dice) {
    let place = dice.below(bytes.count)
    let length = 1 + dice.below(1 << dice.below(10))
    let range = place..<min(bytes.count, place + length)
    switch dice.below(12) {
    case 0 where !bytes.isEmpty: bytes[place] ^= 1 << UInt8(dice.below(8))
    case 1 where !bytes.isEmpty: bytes[place] = UInt8(truncatingIfNeeded: dice.next())
    case 2:
      let width = 1 << dice.below(4)
      // Fields of binary formats are mostly aligned.
      let start = dice.below(2) == 0 ? place : place / width * width
      write(dice.one(of: Self.numbers), at: start, in: &bytes, width: width, bigEndian: dice.below(2) == 0)
    case 3: bytes.removeSubrange(range)
    case 4: bytes.insert(contentsOf: Array(bytes[range]), at: place)
    case 5: bytes.insert(contentsOf: (0..<length).map { _ in UInt8(truncatingIfNeeded: dice.next()) }, at: place)
    case 6: bytes.removeLast(bytes.count - place)
    case 7:
      let other = dice.one(of: seeds)
      bytes = Array(bytes[..<place]) + other[dice.below(other.count)...]
    case 8: bytes.insert(contentsOf: Array(dice.one(of: Self.texts + target.words).utf8), at: place)
    case 9:
      let moved = Array(bytes[range])
      bytes.removeSubrange(range)
      bytes.insert(contentsOf: moved, at: dice.below(bytes.count + 1))
    default: replaceDigits(near: place, in: &bytes, &dice)
    }
  }

  private func write(_ number: UInt64, at place: Int, in bytes: inout [UInt8], width: Int, bigEndian: Bool) {
    for index in 0..<width where place + index < bytes.count {
      let shift = UInt64(8 * (bigEndian ? width - 1 - index : index))
      bytes[place + index] = UInt8(truncatingIfNeeded: number >> shift)
    }
  }

  /// Another number in place of one in decimal or octal digits.
  private func replaceDigits(near place: Int, in bytes: inout [UInt8], _ dice: inout Dice) {
    func isDigit(_ byte: UInt8) -> Bool { (0x30...0x39).contains(byte) }
    guard let first = bytes[min(place, bytes.count)...].firstIndex(where: isDigit) else { return }
    let end = bytes[first...].firstIndex { !isDigit($0) } ?? bytes.endIndex
    bytes.replaceSubrange(first..<end, with: Array(Self.texts[dice.below(5)].utf8))
  }
}
