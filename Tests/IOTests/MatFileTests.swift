import DiskSupport
import Testing

@testable import IO

struct MatFileTests {
  private func fixture(_ name: String) throws -> [UInt8] { try Array(goldenBytes(name)) }

  private func synsets(_ bytes: [UInt8]) throws(FileError) -> [[String: MatFile.Value]] {
    try MatFile.structures(named: "synsets", in: bytes, from: "meta.mat")
  }

  @Test(arguments: ["synsets.mat", "synsets_packed.mat"])
  func readsWhatSciPyWrites(name: String) throws {
    let synsets = try synsets(fixture(name))
    #expect(synsets.map { $0["ILSVRC2012_ID"] } == [.numbers([1]), .numbers([2]), .numbers([1860])])
    #expect(synsets.map { $0["WNID"] } == [.text("n02119789"), .text("n02100735"), .text("n04409384")])
    #expect(synsets.map { $0["words"] } == [.text("kit fox, Vulpes macrotis"), .text("English setter"), .text("téléphérique 🚠")])
    #expect(synsets.map { $0["gloss"] } == [.text("small grey fox"), .text(""), .text("two\nlines")])
    #expect(synsets.map { $0["children"] } == [.numbers([]), .numbers([]), .numbers([7, 8, -300])])
    #expect(synsets.map { $0["inks"] } == [.other, .other, .other])
    #expect(synsets.map { $0["weight"] } == [.numbers([0.5]), .numbers([-1.25]), .numbers([-1_099_511_627_776])])
    #expect(synsets.allSatisfy { $0.count == 8 })
  }

  @Test func readsTextInUTF16AsMATLABWritesIt() throws {
    let words: [UInt8] = [0x66, 0, 0xE9, 0]
    for kind: UInt8 in [4, 17] {
      let file = MatBytes.file(MatBytes.structures("synsets", field: "words", MatBytes.matrix(4, [1, 2], MatBytes.element(kind, words))))
      #expect(try synsets(file) == [["words": .text("fé")]])
    }
  }

  @Test func readsWhatLiesInTags() throws {
    let number = MatBytes.matrix(6, [1, 1], [4, 0, 2, 0, 0x44, 0x07, 0, 0])
    #expect(try synsets(MatBytes.file(MatBytes.structures("synsets", field: "id", number))) == [["id": .numbers([1860])]])
  }

  @Test func saysWhichVariablesThereAre() throws {
    let error = fileError { try MatFile.structures(named: "classes", in: fixture("synsets_packed.mat"), from: "meta.mat") }
    #expect(error?.kind == .missing && error?.place == "variable 'classes'" && error?.found == "'earlier', 'synsets'")
    let kind = fileError { try MatFile.structures(named: "earlier", in: fixture("synsets.mat"), from: "meta.mat") }
    #expect(kind?.kind == .unsupported && kind?.found == "class 6")
  }

  @Test func refusesOtherVersionsAndMachines() throws {
    for (place, value) in [(124, 2), (125, 2), (126, UInt8(ascii: "M"))] as [(Int, UInt8)] {
      var file = try fixture("synsets.mat")
      file[place] = value
      #expect(fileError { try synsets(file) }?.kind == .unsupported)
    }
  }

  /// Three hundred variables whose names have 8 MB each, packed into 2 MB.
  @Test func boundsNames() {
    let long = String(repeating: "n", count: 257)
    let error = fileError { try synsets(MatBytes.file(MatBytes.structures(long, sides: [1, 1], field: "id", MatBytes.matrix(6, [1, 1], MatBytes.element(2, [1]))))) }
    #expect(error?.kind == .damaged && error?.expected == "a name of at most 256 bytes" && error?.found == "257")
  }

  /// A thousand structures of a million fields fit into a few packed kilobytes, and into no memory.
  @Test func boundsFieldsAndStructures() {
    let number = MatBytes.matrix(6, [1, 1], MatBytes.element(2, [1]))
    let error = fileError { try synsets(MatBytes.file(MatBytes.structures("synsets", sides: [100_000, 1], field: "id", number))) }
    #expect(error?.kind == .unsafe && error?.expected == "at most 65536 structures of 64 fields each" && error?.found == "100000 of 1")
  }

  /// More structures than bytes, sides whose product overflows, texts of the wrong length.
  @Test func believesNoSize() {
    let number = MatBytes.matrix(6, [1, 1], MatBytes.element(2, [1]))
    for sides in [[1 << 30, 1], [1 << 30, 1 << 30, 1 << 30], [-1, 1], [3, 1], [0, 1]] {
      #expect(
        fileError { try synsets(MatBytes.file(MatBytes.structures("synsets", sides: sides, field: "id", number))) }?.kind == (sides == [1 << 30, 1] ? .unsafe : .damaged),
        "\(sides)")
    }
    for field in [MatBytes.matrix(6, [1, 2], MatBytes.element(2, [1])), MatBytes.matrix(4, [1, 3], MatBytes.element(16, [65, 66]))] {
      #expect(fileError { try synsets(MatBytes.file(MatBytes.structures("synsets", field: "id", field))) }?.kind == .damaged)
    }
  }

  @Test func unpacksToALimit() throws {
    // What a PNG packs by zlib: of 256 rows of one colour a hundredth remains. A row begins with a byte more.
    let png = PNG.encode(Image(width: 256, height: 256, rgb: [UInt8](repeating: 77, count: 256 * 256 * 3)))
    let name = try #require(png.indices.first { png[$0...].starts(with: bytes("IDAT")) })
    let packed = png[name + 4..<png.count - 16]
    let whole = 256 * (1 + 256 * 3)
    #expect(try MatFile.inflated(packed, atMost: whole, at: "byte 0", "meta.mat").count == whole)
    let error = fileError { try MatFile.inflated(packed, atMost: whole - 1, at: "byte 0", "meta.mat") }
    #expect(error?.kind == .unsafe && error?.expected == "at most \(whole - 1) bytes when unpacked")
  }

  /// Structures without a field cost no bytes, so that a small file could hold billions.
  @Test func refusesStructuresOfNothing() {
    let nameless = MatBytes.matrix(2, [1 << 30, 1], named: "synsets", [5, 0, 4, 0, 16, 0, 0, 0] + MatBytes.element(1, []))
    #expect(fileError { try synsets(MatBytes.file(nameless)) }?.kind == .damaged)
  }

  @Test(arguments: ["synsets.mat", "synsets_packed.mat"])
  func refusesEveryPrefixAndSurvivesEveryFlippedByte(name: String) throws {
    let file = try fixture(name)
    for prefix in Hostile.prefixes(of: file) { #expect(fileError { try synsets(prefix) } != nil, "\(prefix.count) bytes") }
    for hostile in Hostile.flips(of: file) { _ = fileError { try synsets(hostile) } }
  }

  @Test func survivesManyChangesAtOnce() throws {
    let file = try fixture("synsets.mat")
    var dice = Dice(state: 1)
    for _ in 0..<10_000 {
      var hostile = file
      for _ in 0..<Int.random(in: 1...8, using: &dice) {
        // Small numbers are kinds, sizes and sides.
        let value = UInt8.random(in: 0...(Bool.random(using: &dice) ? 255 : 17), using: &dice)
        hostile[Int.random(in: 128..<file.count, using: &dice)] = value
      }
      _ = fileError { try synsets(hostile) }
    }
  }
}
