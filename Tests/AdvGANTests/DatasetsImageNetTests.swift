import IO
import Jobs
import Testing

@testable import AdvGAN

@Suite struct DatasetsImageNetTests {
  let scratch: ScratchFolder

  init() throws { scratch = try ScratchFolder() }

  /// Two wanted classes, 151 and 152, with their lower neighbour and a class far away; four validation images.
  private func settings(_ more: [String: JSON] = [:]) throws -> [String: JSON] {
    let train = try ImageNetFixture.train(
      [ImageNetFixture.sealion: 2, ImageNetFixture.chihuahua: 3, ImageNetFixture.spaniel: 2, ImageNetFixture.bear: 1], in: scratch)
    let wnids = [ImageNetFixture.spaniel, ImageNetFixture.bear, ImageNetFixture.chihuahua, ImageNetFixture.sealion]
    let validation = try ImageNetFixture.validation(wnids, in: scratch)
    let labels = try scratch.file("labels.txt", Array(wnids.joined(separator: "\n").utf8))
    let given: [String: JSON] = [
      "source": "imagenet", "archive": .string(train.string), "val_archive": .string(validation.string),
      "val_labels": .string(labels.string),
      "classes": "151..<153", "size": 16, "minimum_side": 0,
    ]
    return given.merging(more) { $1 }
  }

  private func dataset(_ settings: [String: JSON], output: String = "output") throws -> Dataset {
    try Dataset(artifactAt: extract(settings, scratch, output: output))
  }

  /// What each image of a split shows, in order.
  private func origins(_ dataset: Dataset, _ split: Split) throws -> [String] {
    let set = try dataset.split(split)
    return try (0..<set.count).map { index in
      let origin = ImageNetFixture.origin(of: try set[index])
      return "\(set.labels[index]) \(origin.wnid) \(origin.number)"
    }
  }

  @Test func takesTheWantedClassesAloneAndNumbersThemInOrder() throws {
    let dataset = try dataset(settings())
    #expect(dataset.classes == ["n02085620 Chihuahua", "n02085782 Japanese spaniel"])
    // In rounds over the classes.
    #expect(
      try origins(dataset, .train) == ["0 n02085620 0", "1 n02085782 0", "0 n02085620 1", "1 n02085782 1", "0 n02085620 2"])
    #expect(try origins(dataset, .test) == ["1 n02085782 0", "0 n02085620 2"])
    #expect(dataset.splits[.train]?.width == 16 && dataset.splits[.test]?.height == 16)
  }

  @Test func readsNothingOfTheClassesThatAreNotWanted() throws {
    let inner = try LocalDisk().read(scratch.tar(ImageNetFixture.files(ImageNetFixture.chihuahua, 1), named: "inner.tar"))
    let junk = [UInt8](repeating: 0xA5, count: 5000)
    let train = try scratch.tar(
      [("n02077923.tar", junk), ("n02085620.tar", inner), ("n02085782.tar", try spaniels(1)), ("n02132136.tar", junk)], named: "train.tar")
    let dataset = try dataset(["source": "imagenet", "archive": .string(train.string), "classes": "151..<153", "size": 16, "minimum_side": 0])
    #expect(try origins(dataset, .train) == ["0 n02085620 0", "1 n02085782 0"])
    #expect(dataset.splits[.test] == nil)
  }

  /// The second class, so that there are two.
  private func spaniels(_ count: Int) throws -> [UInt8] {
    try LocalDisk().read(scratch.tar(ImageNetFixture.files(ImageNetFixture.spaniel, count), named: "spaniels.tar"))
  }

  @Test func aFolderOfTarsAndAFolderOfFoldersGiveTheSameBytes() throws {
    let settings = try settings()
    let official = try contents(extract(settings, scratch, output: "official"))
    var files: [String: [UInt8]] = [:]
    for (wnid, count) in [(ImageNetFixture.chihuahua, 3), (ImageNetFixture.spaniel, 2)] {
      for (name, bytes) in try ImageNetFixture.files(wnid, count) { files["\(wnid)/\(name)"] = bytes }
      _ = try scratch.fill(
        ["\(wnid).tar": try LocalDisk().read(scratch.tar(ImageNetFixture.files(wnid, count), named: "inner.tar"))], below: "tars")
    }
    for folder in [try scratch.fill(files, below: "folders"), scratch.path.appending("tars")] {
      let given = settings.merging(["archive": .string(folder.string)]) { $1 }
      #expect(official == (try contents(extract(given, scratch, output: folder.lastComponent?.string ?? "x"))))
    }
  }

  @Test func smallTrainingImagesAreSkippedAndNamedTestImagesAreNot() throws {
    let files =
      try [("a.JPEG", ImageNetFixture.jpeg(ImageNetFixture.chihuahua, 0, width: 40, height: 31))]
      + [("b.JPEG", ImageNetFixture.jpeg(ImageNetFixture.chihuahua, 1, width: 32, height: 32))]
    let inner = try LocalDisk().read(scratch.tar(files, named: "inner.tar"))
    let large = try scratch.tar([("c.JPEG", ImageNetFixture.jpeg(ImageNetFixture.spaniel, 0, width: 32, height: 33))], named: "large.tar")
    let train = try scratch.tar([("n02085620.tar", inner), ("n02085782.tar", try LocalDisk().read(large))], named: "small.tar")
    let settings = try settings(["archive": .string(train.string), "minimum_side": 32])
    let artifact = try extract(settings, scratch)
    let dataset = try Dataset(artifactAt: artifact)
    #expect(try origins(dataset, .train) == ["1 n02085782 0", "0 n02085620 1"])
    #expect(try origins(dataset, .test) == ["1 n02085782 0", "0 n02085620 2"])
    let record = try JSON(parsing: try #require(contents(artifact)["skipped.json"]))
    #expect(record["too_small"] == .object(["minimum_side": 32, "images": .array(["n02085620/a.JPEG"])]))
    #expect(record["broken"] == .array([]))
  }

  @Test func brokenImagesAreNamedAndFatalAboveTheShare() throws {
    var files = try ImageNetFixture.files(ImageNetFixture.chihuahua, 9)
    files[4].1 = Array(files[4].1.prefix(200))
    let inner = try LocalDisk().read(scratch.tar(files, named: "inner.tar"))
    let train = try scratch.tar([("n02085620.tar", inner), ("n02085782.tar", try spaniels(1))], named: "train.tar")
    let given: [String: JSON] = [
      "source": "imagenet", "archive": .string(train.string), "classes": "151..<153", "size": 16, "minimum_side": 0, "broken_share": .real(0.15),
    ]
    let artifact = try extract(given, scratch)
    #expect(try origins(Dataset(artifactAt: artifact), .train).count == 9)
    let record = try JSON(parsing: try #require(contents(artifact)["skipped.json"]))
    #expect(record["broken"]?.elements?.first?["image"] == "n02085620/n02085620_4.JPEG")
    let strict = given.merging(["broken_share": .real(0.09)]) { $1 }
    #expect(message { try extract(strict, scratch, output: "strict") }.contains("member 'n02085620/n02085620_4.JPEG'"))
    let two = try scratch.tar([("n02085620.tar", try broken(files, also: 2)), ("n02085782.tar", try spaniels(1))], named: "two.tar")
    #expect(
      message { try extract(given.merging(["archive": .string(two.string)]) { $1 }, scratch, output: "two") }
        .contains("expected at most 1 broken images ('broken_share' 0.15 of 10), found 2"))
  }

  private func broken(_ files: [(String, [UInt8])], also index: Int) throws -> [UInt8] {
    var files = files
    files[index].1 = Array("no image".utf8)
    return try LocalDisk().read(scratch.tar(files, named: "inner.tar"))
  }

  @Test func aLimitIsFilledUpWithTheNextImagesThatAreOfUse() throws {
    var files = try ImageNetFixture.files(ImageNetFixture.chihuahua, 6)
    files[5].1 = Array("no image".utf8)  // number 0, the first in order of the names
    let inner = try LocalDisk().read(scratch.tar(files, named: "inner.tar"))
    let train = try scratch.tar([("n02085620.tar", inner), ("n02085782.tar", try spaniels(3))], named: "train.tar")
    let dataset = try dataset([
      "source": "imagenet", "archive": .string(train.string), "classes": "151..<153", "size": 16, "minimum_side": 0, "broken_share": .real(0.5),
      "limit": 2,
    ])
    #expect(try origins(dataset, .train) == ["1 n02085782 0", "0 n02085620 1", "1 n02085782 1", "0 n02085620 2"])
  }

  /// Counted from 1, every label names the next class.
  @Test func labelsCountedFromOneAreNoticed() throws {
    var given = try settings()
    _ = try ImageNetFixture.validation([ImageNetFixture.spaniel, ImageNetFixture.chihuahua], in: scratch)
    for (numbers, isRight) in [("153\n152\n", false), ("152\n151\n", true)] {
      given["val_labels"] = .string(try scratch.file("numbers.txt", Array(numbers.utf8)).string)
      let found = message { try extract(given, scratch) }
      #expect(found.hasPrefix("(nothing thrown)") == isRight)
      guard !isRight else { continue }
      #expect(found.contains("split 'test': is of a kind that is not supported; expected images of every class, found none of 'n02085620 Chihuahua'"))
      #expect(found.contains("do the numbers in 'val_labels' count classes from 1?"))
    }
  }

  /// WNIDs say for certain what is shown, so that a part of the validation images will do.
  @Test func someClassesMayLackTestImagesWhereWNIDsLabelThem() throws {
    let given = try settings()
    _ = try ImageNetFixture.validation([ImageNetFixture.spaniel], in: scratch)
    _ = try scratch.file("labels.txt", Array(ImageNetFixture.spaniel.utf8))
    #expect(try origins(try dataset(given), .test) == ["1 n02085782 0"])
  }

  @Test func aValidationArchiveMustHaveImagesOfTheClasses() throws {
    let given = try settings()
    _ = try ImageNetFixture.validation([ImageNetFixture.bear], in: scratch)
    _ = try scratch.file("labels.txt", Array(ImageNetFixture.bear.utf8))
    #expect(message { try extract(given, scratch) }.contains("expected images of every class, found none of 'n02085620 Chihuahua' and 1 more; "))
  }

  @Test func aShareOfEveryClassBecomesValidation() throws {
    let dataset = try dataset(settings(["validation": .real(0.5)]))
    #expect(try dataset.split(.validation).counts(classes: 2) == [1, 1])
    #expect(try dataset.split(.train).counts(classes: 2) == [2, 1])
  }

  @Test func aLimitAndAShareEndInTheSameBytesWhereverTheWorkWasInterrupted() throws {
    var files = try ImageNetFixture.files(ImageNetFixture.chihuahua, 40)
    files.sort { $0.0 < $1.0 }
    for bad in [0, 3, 6, 12, 27, 29] { files[bad].1 = Array("no image".utf8) }
    let inner = try LocalDisk().read(scratch.tar(files, named: "inner.tar"))
    let train = try scratch.tar([("n02085620.tar", inner), ("n02085782.tar", try spaniels(4))], named: "bad.tar")
    let given: [String: JSON] = [
      "source": "imagenet", "archive": .string(train.string), "classes": "151..<153", "size": 8, "minimum_side": 0, "broken_share": .real(0.5),
      "limit": 5, "validation": .real(0.3),
    ]
    let whole = try contents(extract(given, scratch, output: "whole"))
    #expect(whole.keys.filter { $0.hasPrefix("validation") && $0.hasSuffix(".jpg") }.count == 13)
    for images in 1...12 {
      let output = "cut-\(images)"
      #expect(throws: Stopped.self) { try extract(given, scratch, output: output, threads: 1, stoppingAfter: images) }
      #expect(whole == (try contents(extract(given, scratch, output: output))))
    }
  }

  @Test func anImageThatVanishesAfterTheListingEndsTheWork() throws {
    let files =
      try ImageNetFixture.files(ImageNetFixture.chihuahua, 3).map { ("n02085620/\($0)", $1) }
      + ImageNetFixture.files(ImageNetFixture.spaniel, 1).map { ("n02085782/\($0)", $1) }
    let folder = try scratch.fill(Dictionary(uniqueKeysWithValues: files), below: "folders")
    var reader = SettingsReader(
      resolved: .object(["source": "imagenet", "archive": .string(folder.string), "classes": "151..<153", "size": 8, "minimum_side": 0]),
      of: "t.yaml")
    let source = try ImageNetSource(&reader)
    let preparation = try ImageNetSource.preparation(&reader)
    let checkpoints = CheckpointStore(
      folder: scratch.path.appending("checkpoints"), fingerprint: SHA256.digest(of: []), policy: CheckpointPolicy(), processor: "test", on: LocalDisk(),
      time: { 0 })
    let workspace = Workspace(inputs: [:], output: scratch.path.appending("staging"), checkpoints: checkpoints)
    var extraction = try Extraction(source, preparation, Extraction.Options(), in: workspace)
    try LocalDisk().remove(folder.appending("n02085620").appending("n02085620_1.JPEG"))
    #expect(message { try extraction.run() }.contains("found no such image any more"))
  }

  @Test func aClassThatLosesAllItsImagesIsAnError() throws {
    let settings = try settings(["minimum_side": 64])
    #expect(
      message { try extract(settings, scratch) }.contains(
        "no image of 'n02085620 Chihuahua' is left in 'train': all are broken, too small ('minimum_side' 64) or taken for validation"))
  }

  @Test(arguments: [1, 3]) func anInterruptedExtractionEndsInTheSameBytesWithAnyNumberOfThreads(_ threads: Int) throws {
    let train = try ImageNetFixture.train([ImageNetFixture.chihuahua: 40, ImageNetFixture.spaniel: 15], in: scratch, named: "many.tar")
    let settings = try settings(["archive": .string(train.string), "validation": 2, "encoding": "png"])
    let whole = try contents(extract(settings, scratch, output: "whole"))
    for images in [0, 1, 2, 7, 19] {
      let output = "cut-\(images)"
      #expect(throws: Stopped.self) { try extract(settings, scratch, output: output, threads: threads, stoppingAfter: images) }
      #expect(whole == (try contents(extract(settings, scratch, output: output, threads: 4 - threads))))
    }
  }
}
