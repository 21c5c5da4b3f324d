import IO
import Jobs
import Testing

@testable import AdvGAN

@Suite struct DatasetsExtractTests {
  let scratch: ScratchFolder

  init() throws { scratch = try ScratchFolder() }

  private func folders(_ settings: [String: JSON] = [:], count: Int = 4) throws -> [String: JSON] {
    let path = try scratch.tar(classFolders(["train/", "test/"], ["ant", "bee"], count: count), named: "images.tar")
    return ["source": "folders", "archive": .string(path.string)].merging(settings) { $1 }
  }

  @Test func writesWebDatasetNamesAndCountsEveryClass() throws {
    let output = try extract(try folders(["validation": 2]), scratch)
    let files = try contents(output)
    #expect(
      files.keys.sorted().filter { !$0.hasPrefix("train") } == [
        "classes.json", "test/000000.cls", "test/000000.png", "test/000001.cls", "test/000001.png", "test/000002.cls", "test/000002.png",
        "test/000003.cls", "test/000003.png", "test/000004.cls", "test/000004.png", "test/000005.cls", "test/000005.png", "test/000006.cls",
        "test/000006.png", "test/000007.cls", "test/000007.png", "validation/000000.cls", "validation/000000.png", "validation/000001.cls",
        "validation/000001.png",
      ])
    #expect(files["test/000007.cls"] == Array("1".utf8))
    let json = try JSON(parsing: try #require(files["classes.json"]))
    #expect(
      json
        == .object([
          "names": .array(["ant", "bee"]),
          "counts": .object([
            "train": .object(["ant": 3, "bee": 3]), "validation": .object(["ant": 1, "bee": 1]), "test": .object(["ant": 4, "bee": 4]),
          ]),
        ]))
  }

  @Test func keepsPixelsAndLabelsWithoutLoss() throws {
    let settings = try folders()
    let output = try extract(settings, scratch)
    let dataset = try Dataset(artifactAt: output)
    #expect(dataset == (try Dataset(FoldersSource(path: FilePath(try #require(settings["archive"]?.text))))))
  }

  @Test func everyImageOfTrainGoesToTrainOrValidationOnce() throws {
    let settings = try folders(["validation": 4])
    let output = try extract(settings, scratch)
    let dataset = try Dataset(artifactAt: output)
    let whole = try Dataset(FoldersSource(path: FilePath(try #require(settings["archive"]?.text))))
    func images(_ set: ImageSet) throws -> Set<[UInt8]> { Set(try (0..<set.count).map { try set[$0].rgb + [UInt8(set.labels[$0])] }) }
    let train = try images(dataset.split(.train))
    let validation = try images(dataset.split(.validation))
    #expect(train.isDisjoint(with: validation))
    #expect(try train.union(validation) == images(whole.split(.train)))
    #expect(try dataset.split(.test) == whole.split(.test))
  }

  @Test func theSameSeedGivesTheSameBytes() throws {
    let settings = try folders(["validation": 4, "seed": 7], count: 12)
    let first = try contents(try extract(settings, scratch, output: "1"))
    #expect(first == (try contents(try extract(settings, scratch, output: "2"))))
    let other = try contents(try extract(settings.merging(["seed": 8]) { $1 }, scratch, output: "3"))
    #expect(first.keys.sorted() == other.keys.sorted())
    #expect(first != other)
  }

  @Test func extractsCIFAR10() throws {
    let path = try scratch.tar(CIFAR10Fixture.members(repeats: 2))
    let output = try extract(["source": "cifar10", "archive": .string(path.string), "validation": 10, "limit": 3], scratch)
    let dataset = try Dataset(artifactAt: output)
    #expect(dataset.classes == CIFAR10Fixture.classNames)
    #expect(try dataset.split(.train).counts(classes: 10) == [Int](repeating: 3, count: 10))
    #expect(try dataset.split(.validation).counts(classes: 10) == [Int](repeating: 1, count: 10))
    #expect(try dataset.split(.test).counts(classes: 10) == [Int](repeating: 2, count: 10))
  }

  @Test func stopsWithTheFlag() throws {
    let stop = StopFlag()
    stop.raise(.terminate)
    let settings = try folders()
    #expect(throws: Stopped.self) { try extract(settings, scratch, stop: stop) }
  }

  @Test func namesTheImageThatHasNotTheRequestedSize() throws {
    let settings = try folders(["size": 32])
    #expect(message { try extract(settings, scratch) }.contains("expected 32x32 pixels, the requested size, found 4x4"))
  }

  @Test func acceptsTheRightChecksumInEitherCase() throws {
    let path = try scratch.tar(classFolders(["train/"], ["a", "b"], count: 1))
    let sha256 = try SHA256.digest(ofFile: path).hex
    let settings: [String: JSON] = ["source": "folders", "archive": .string(path.string), "sha256": .string(sha256.uppercased())]
    _ = try extract(settings, scratch)
  }

  @Test(arguments: ["md5", "sha256"])
  func refusesAnArchiveWithAnotherChecksum(_ algorithm: String) throws {
    let zeros = String(repeating: "0", count: algorithm == "md5" ? 32 : 64)
    let settings = try folders([algorithm: .string(zeros)])
    #expect(message { try extract(settings, scratch) }.contains("is damaged; expected \(algorithm) \(zeros), found "))
  }

  @Test func refusesAChecksumOfTheWrongLength() throws {
    let settings = try folders(["md5": "12ab"])
    #expect(message { try extract(settings, scratch) }.contains("'md5' must be 32 hexadecimal digits, but is '12ab'"))
  }

  @Test func knowsTheMD5OfRFC1321() throws {
    let path = try scratch.file("letters", Array("abcdefghijklmnopqrstuvwxyz".utf8))
    #expect(try MD5.hex(ofFile: path) == "c3fcd3d76192e4007dfb496cca67e13b")
  }

  @Test func aChecksumAndAPathMakeNothingStale() throws {
    var plain = SettingsReader(resolved: .object(["source": "folders", "archive": "a.tar"]), of: "test.yaml")
    var checked = SettingsReader(
      resolved: .object(["source": "folders", "archive": "b.tar", "md5": .string(String(repeating: "a", count: 32))]), of: "test.yaml")
    _ = try Extract(&plain)
    _ = try Extract(&checked)
    #expect(plain.resolved == checked.resolved)
  }
}
