import IO
import Jobs
import Testing

@testable import AdvGAN

@Suite struct DatasetsImageNetHostileTests {
  let scratch: ScratchFolder

  init() throws { scratch = try ScratchFolder() }

  private func settings(_ archive: FilePath) -> [String: JSON] {
    ["source": "imagenet", "archive": .string(archive.string), "classes": "151,152", "size": 8, "minimum_side": 0]
  }

  private func inner(_ wnid: String, _ count: Int) throws -> [UInt8] {
    try LocalDisk().read(scratch.tar(ImageNetFixture.files(wnid, count), named: "inner.tar"))
  }

  @Test func namesTheFirstClassThatIsNotThere() throws {
    let train = try ImageNetFixture.train([ImageNetFixture.sealion: 1, ImageNetFixture.spaniel: 1], in: scratch)
    #expect(
      message { try extract(settings(train), scratch) }.contains(
        "member 'n02085620.tar': does not exist; expected the images of class 151, Chihuahua, found 1 of the 2 wanted classes"))
    #expect(message { try extract(settings(scratch.path), scratch) }.contains("folder 'n02085620': does not exist"))
  }

  @Test func everyCutOfTheOuterTarIsRefused() throws {
    let whole = try LocalDisk().read(
      ImageNetFixture.train([ImageNetFixture.chihuahua: 2, ImageNetFixture.spaniel: 1, ImageNetFixture.bear: 1], in: scratch))
    for length in stride(from: 0, to: whole.count - 1024, by: 256) {
      let cut = try scratch.file("cut.tar", Array(whole.prefix(length)))
      #expect(throws: (any Error).self) { try extract(settings(cut), scratch) }
    }
  }

  @Test func everyCutOfAnInnerTarIsRefusedAndNamed() throws {
    let whole = try inner(ImageNetFixture.chihuahua, 2)
    for length in stride(from: 0, to: whole.count - 1024, by: 256) {
      let train = try scratch.tar(
        [("n02085620.tar", Array(whole.prefix(length))), ("n02085782.tar", try inner(ImageNetFixture.spaniel, 1))], named: "train.tar")
      #expect(message { try extract(settings(train), scratch) }.contains("n02085620.tar"))
    }
  }

  /// An altered byte of a header is noticed, or every image that was listed is read once.
  @Test func alteredBytesOfHeadersGiveAnErrorOrImages() throws {
    let whole = try LocalDisk().read(
      ImageNetFixture.train([ImageNetFixture.chihuahua: 1, ImageNetFixture.spaniel: 1], in: scratch))
    var kinds: Set<FileError.Kind> = []
    var reads = 0
    for index in stride(from: 0, to: 1600, by: 3) {
      for mask: UInt8 in [0x01, 0x80, 0x3F] {
        var bytes = whole
        bytes[index] ^= mask
        let altered = try scratch.file("altered.tar", bytes)
        var reader = SettingsReader(resolved: .object(settings(altered)), of: "test.yaml")
        let source = try ImageNetSource(&reader)
        let result = try fileResult {
          let inventory = try source.scan()
          var places: [Int] = []
          try source.read(inventory, where: { _ in true }) { place, _ in places.append(place) }
          #expect(inventory.entries.map(\.label) == [0, 1] && places == [0, 1], "byte \(index), mask \(mask)")
        }
        switch result {
        case .success: reads += 1
        case .failure(let error): kinds.insert(error.kind)
        }
      }
    }
    #expect(kinds.isSubset(of: [.damaged, .missing, .unsafe, .unsupported]) && kinds.contains(.damaged))
    #expect((1..<3 * 534).contains(reads))
  }

  @Test func aCompressedArchiveIsRefusedWithAdvice() throws {
    let sample = FilePath(#filePath).removingLastComponent().removingLastComponent().removingLastComponent()
      .appending("data-prep/sample/cifar10-sample.tar.xz")
    #expect(message { try extract(settings(sample), scratch) }.contains("expected a plain tar, not compressed"))
  }

  @Test func aClassWithoutImagesIsRefused() throws {
    let empty = try LocalDisk().read(scratch.tar([], named: "empty.tar"))
    let train = try scratch.tar([("n02085620.tar", empty), ("n02085782.tar", try inner(ImageNetFixture.spaniel, 1))], named: "train.tar")
    #expect(message { try extract(settings(train), scratch) }.contains("class 'n02085620'"))
  }

  @Test func aBrokenValidationImageNamesItsOwnArchive() throws {
    let train = try ImageNetFixture.train([ImageNetFixture.chihuahua: 1, ImageNetFixture.spaniel: 1], in: scratch)
    let sound = try ImageNetFixture.jpeg(ImageNetFixture.spaniel, 0)
    let validation = try scratch.tar(
      [("\(ImageNetFixture.chihuahua)/x.JPEG", Array("no image".utf8)), ("\(ImageNetFixture.spaniel)/y.JPEG", sound)], named: "val.tar")
    let given = settings(train).merging(["val_archive": .string(validation.string)]) { $1 }
    #expect(message { try extract(given, scratch) }.contains("val.tar, member 'val/x.JPEG'"))
    #expect(message { try extract(given, scratch) }.contains("or let some be omitted by 'broken_share'"))
  }

  @Test func aNameThatComesTwiceIsRefused() throws {
    let twice = try RawTar.bytes(ImageNetFixture.files(ImageNetFixture.chihuahua, 1) + ImageNetFixture.files(ImageNetFixture.chihuahua, 1))
    let train = try scratch.tar([("n02085620.tar", twice), ("n02085782.tar", try inner(ImageNetFixture.spaniel, 1))], named: "train.tar")
    #expect(message { try extract(settings(train), scratch) }.contains("expected each name once, found it twice"))
  }
}
