import IO
import Testing

@testable import AdvGAN

@Suite struct DatasetsCIFAR10Tests {
  let scratch: ScratchFolder

  init() throws { scratch = try ScratchFolder() }

  /// The members with one of them changed.
  private func archive(_ change: (inout [(String, [UInt8])]) -> Void) throws -> FilePath {
    var members = CIFAR10Fixture.members()
    change(&members)
    return try scratch.tar(members)
  }

  private func index(of member: String) throws -> Int {
    try #require(CIFAR10Fixture.members().firstIndex { $0.0.hasSuffix(member) })
  }

  @Test func turnsPlanesIntoPixels() throws {
    let dataset = try Dataset(CIFAR10Source(path: try scratch.tar(CIFAR10Fixture.members())))
    let train = try dataset.split(.train)
    #expect(train.height == 32)
    #expect(train.width == 32)
    // The first image is the first record of batch 1: its number is 50.
    let expected = (0..<1024).flatMap { pixel in [0, 100, 200].map { UInt8(truncatingIfNeeded: pixel + $0 + 50) } }
    #expect(try train[0].rgb == expected)
  }

  @Test func ordersBatchesByNumberWhateverTheArchivesOrder() throws {
    let members = CIFAR10Fixture.members()
    let source = CIFAR10Source(path: try scratch.tar(members, named: "a.tar"))
    let inventory = try source.scan()
    #expect(inventory.classes == CIFAR10Fixture.classNames)
    #expect(inventory.entries.count == 60)
    #expect(inventory.entries[0] == Inventory.Entry(name: "data_batch_1.bin record 0", split: .train, label: 0))
    #expect(inventory.entries[49] == Inventory.Entry(name: "data_batch_5.bin record 9", split: .train, label: 9))
    #expect(inventory.entries[50] == Inventory.Entry(name: "test_batch.bin record 0", split: .test, label: 0))
    let other = CIFAR10Source(path: try scratch.tar(members.reversed(), named: "b.tar"))
    #expect(try Dataset(source) == Dataset(other))
  }

  @Test func readsTheUnpackedFolderToo() throws {
    let members = CIFAR10Fixture.members()
    let folder = try scratch.fill(Dictionary(uniqueKeysWithValues: members), below: "unpacked")
    #expect(try Dataset(CIFAR10Source(path: folder)) == Dataset(CIFAR10Source(path: try scratch.tar(members))))
  }

  @Test func namesTheRecordWithALabelOutOfRange() throws {
    let batch = try index(of: "data_batch_2.bin")
    let path = try archive { $0[batch].1[4 * 3073] = 11 }
    #expect(
      message { try CIFAR10Source(path: path).scan() }
        .contains("member 'data_batch_2.bin record 4': is damaged; expected a label in 0...9, found 11"))
  }

  @Test(arguments: [0, 1, 3072, 3074, 30729])
  func refusesABatchThatIsNoWholeNumberOfRecords(_ length: Int) throws {
    let batch = try index(of: "data_batch_4.bin")
    let path = try archive { $0[batch].1 = Array($0[batch].1.prefix(length)) }
    #expect(
      message { try CIFAR10Source(path: path).scan() }
        .contains("member 'data_batch_4.bin': is damaged; expected a multiple of 3073 bytes, found \(length)"))
  }

  @Test(arguments: ["data_batch_5.bin", "test_batch.bin", "batches.meta.txt"])
  func namesAMissingMember(_ member: String) throws {
    let place = try index(of: member)
    let path = try archive { $0.remove(at: place) }
    #expect(message { try CIFAR10Source(path: path).scan() }.contains("member '\(member)': does not exist"))
  }

  @Test func sendsTheReaderOfThePythonVersionToTheBinaryOne() throws {
    let path = try scratch.tar([("cifar-10-batches-py/data_batch_1", [1])])
    let words = message { try CIFAR10Source(path: path).scan() }
    #expect(words.contains("member 'cifar-10-batches-py/data_batch_1'"))
    #expect(words.contains("take the binary version, cifar-10-binary.tar.gz"))
  }

  @Test func refusesAMemberThatComesTwice() throws {
    let path = try archive { $0.append(("other/data_batch_1.bin", CIFAR10Fixture.batch(1))) }
    #expect(
      message { try CIFAR10Source(path: path).scan() }.contains("member 'data_batch_1.bin': is damaged; expected each member once"))
  }

  @Test(arguments: ["cat\ndog\n", "a a a a a a a a a a", ""])
  func refusesClassNamesThatAreNotTen(_ text: String) throws {
    let place = try index(of: "batches.meta.txt")
    let path = try archive { $0[place].1 = Array(text.utf8) }
    #expect(message { try CIFAR10Source(path: path).scan() }.contains("expected 10 different class names"))
  }

  @Test func aTruncatedArchiveIsAnError() throws {
    let whole = RawTar.bytes(CIFAR10Fixture.members())
    for length in stride(from: 0, to: whole.count - 1024, by: 512 * 31) {
      let path = try scratch.file("cut.tar", Array(whole.prefix(length)))
      #expect(throws: FileError.self, "of \(length) bytes") { try CIFAR10Source(path: path).scan() }
    }
  }

  @Test func noticesAnArchiveThatChangedBetweenTheTwoReadings() throws {
    let source = CIFAR10Source(path: try scratch.tar(CIFAR10Fixture.members()))
    let inventory = try source.scan()
    _ = try scratch.tar(CIFAR10Fixture.members(repeats: 2))
    #expect(message { try source.read(inventory, where: { _ in true }) { _, _ in } }.contains("let nobody change it while it is read"))
  }
}
