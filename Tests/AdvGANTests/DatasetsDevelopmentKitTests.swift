import IO
import TestSupport
import Testing

@testable import AdvGAN

/// The kit's table is SciPy's, with the ids 1 (n02119789), 2 (n02100735) and 1860, which is none of the classes.
@Suite struct DatasetsDevelopmentKitTests {
  let scratch: ScratchFolder
  private let synsets = Synsets("n02100735 English setter\nn02119789 kit fox\n")

  init() throws { scratch = try ScratchFolder() }

  private func kit(_ labels: String, table: [UInt8]? = nil, named: String = "meta.mat") throws -> FilePath {
    let table = try table ?? LocalDisk().read(Fixture.path(of: "synsets_packed.mat"))
    return try scratch.tar(
      [
        ("ILSVRC2012_devkit_t12/data/ILSVRC2012_validation_ground_truth.txt", Array(labels.utf8)),
        ("ILSVRC2012_devkit_t12/data/\(named)", table), ("ILSVRC2012_devkit_t12/readme.txt", [65]),
      ], named: "kit.tar")
  }

  @Test func idsBecomeNumbersInOrderOfTheWNIDs() throws {
    let kit = try kit("1\n2\n2\n1\n")
    #expect(try DevelopmentKit(kit).indices(in: synsets) == [1, 0, 0, 1])
    #expect(DevelopmentKit.isOne(kit))
  }

  @Test func theKitMayBeAFolder() throws {
    let table = try LocalDisk().read(Fixture.path(of: "synsets_packed.mat"))
    let folder = try scratch.fill(
      ["data/ILSVRC2012_validation_ground_truth.txt": Array("2\r\n1".utf8), "data/meta.mat": table], below: "ILSVRC2012_devkit_t12")
    #expect(try ValidationLabels(folder, of: synsets).indices(of: ["a_1.JPEG", "a_2.JPEG"], in: "val") == [0, 1])
  }

  @Test(arguments: ["3", "0", "x", "-1", "99999999999999999999"]) func refusesAnIdThatIsNoClass(_ label: String) throws {
    let kit = try kit("1\n\(label)\n")
    let words = message { try DevelopmentKit(kit).indices(in: synsets) }
    #expect(words.contains("line 2': is damaged") || words.contains("line 2: is damaged"))
    #expect(words.contains("expected an id in 1...2, found \"\(label)\""))
  }

  @Test func refusesTheKitOfAnotherYear() throws {
    let kit = try kit("1\n")
    #expect(
      message { try DevelopmentKit(kit).indices(in: Synsets("n02100735 a\nn00000001 b")) }.contains(
        "id 1: is damaged; expected one of the classes of 2012"))
    #expect(
      message { try DevelopmentKit(kit).indices(in: Synsets("n02100735 a\nn02119789 b\nn03000000 c")) }.contains(
        "expected 3 classes, each once, found 2"))
    let other = try self.kit("1\n", named: "meta_det.mat")
    #expect(message { try DevelopmentKit(other) }.contains("member 'meta.mat': does not exist"))
    #expect(message { try DevelopmentKit(other) }.contains("give ILSVRC2012_devkit_t12.tar.gz"))
  }

  @Test func everyPrefixOfTheTableIsRefused() throws {
    let table = try LocalDisk().read(Fixture.path(of: "synsets_packed.mat"))
    for length in stride(from: 0, to: table.count, by: 7) {
      let kit = try kit("1\n", table: Array(table.prefix(length)))
      #expect(throws: FileError.self) { try DevelopmentKit(kit).indices(in: synsets) }
    }
  }
}
