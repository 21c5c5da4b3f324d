import IO
import Testing

@testable import AdvGAN

@Suite struct DatasetsFolderLayoutTests {
  @Test(arguments: [
    (["a/1.png", "b/2.png"], 0, false),
    (["train/1.png", "bus/2.png"], 0, false),
    (["train/a/1.png", "test/a/2.png", "validation/a/3.png"], 0, true),
    (["top/a/1.png", "top/b/2.png"], 1, false),
    (["top/train/a/1.png", "top/test/a/2.png"], 1, true),
  ])
  func tellsTheLayoutFromTheNames(_ names: [String], _ outer: Int, _ hasSplits: Bool) throws {
    let layout = try FolderLayout(of: names, in: "x")
    #expect(layout.outer == outer)
    #expect(layout.hasSplits == hasSplits)
  }

  @Test(arguments: [
    (["1.png"], "1.png"),
    (["a/1.png", "2.png"], "2.png"),
    (["train/a/1.png", "test/2.png"], "test/2.png"),
    (["train/a/1.png", "mine/a/2.png"], "mine/a/2.png"),
    (["top/train/a/1.png", "top/mine/a/2.png"], "top/mine/a/2.png"),
    (["a/b/c/d/1.png"], "a/b/c/d/1.png"),
  ])
  func namesTheFileThatFitsNoLayout(_ names: [String], _ culprit: String) {
    #expect(message { try FolderLayout(of: names, in: "x.tar") }.hasPrefix("x.tar, member '\(culprit)': "))
  }

  @Test(arguments: [
    (["val/a/1.png", "val/b/1.png"], "folder 'val'", "rename it to 'validation'"),
    (["Train/a/1.png", "Test/a/1.png"], "folder 'Train'", "rename it to 'train'"),
    (["train/a/1.png", "dev/a/2.png"], "folder 'dev'", "rename it to 'validation'"),
    (["top/training/a/1.png", "top/test/a/1.png"], "folder 'training'", "rename it to 'train'"),
    (["train/1.png", "test/2.png"], "expected class folders, within the splits, found 'test', 'train' with images right in them", "train/CLASS/FILE"),
    (["top/train/1.png"], "found 'train' with images right in it", "train/CLASS/FILE"),
    (["top/train/test/1.png", "top/train/val/1.png"], "found 'test', 'val' with images right in them", "train/CLASS/FILE"),
  ])
  func splitsInUnlikelyPlacesAreRefused(_ names: [String], _ words: String, _ advice: String) {
    let found = message { try FolderLayout(of: names, in: "x.tar") }
    #expect(found.contains(words) && found.contains(advice), "\(found)")
  }

  @Test func findsSplitAndClassBelowAnOuterFolder() throws {
    let layout = try FolderLayout(of: ["top/test/cat/1.png"], in: "x")
    let place = layout.place(of: "top/test/cat/1.png")
    #expect(place.split == .test)
    #expect(place.className == "cat")
  }
}

@Suite struct DatasetsFoldersTests {
  let scratch: ScratchFolder

  init() throws { scratch = try ScratchFolder() }

  @Test func anArchiveInAnyOrderAndItsFolderGiveTheSameDataSet() throws {
    let files = classFolders(["train/", "test/"], ["cat", "ant", "bee"], count: 3)
    let folder = try scratch.fill(Dictionary(uniqueKeysWithValues: files), below: "images")
    let expected = try Dataset(FoldersSource(path: folder))
    #expect(expected == (try Dataset(FoldersSource(path: try scratch.tar(files, named: "a.tar")))))
    #expect(expected == (try Dataset(FoldersSource(path: try scratch.tar(files.reversed(), named: "b.tar")))))
  }

  @Test func numbersClassesAndImagesByName() throws {
    let files = [("b/2.png", PNG.encode(image(1))), ("a/9.png", PNG.encode(image(2))), ("b/1.png", PNG.encode(image(3)))]
    let dataset = try Dataset(FoldersSource(path: try scratch.tar(files)))
    #expect(dataset.classes == ["a", "b"])
    let train = try dataset.split(.train)
    #expect(train.labels == [0, 1, 1])
    #expect(try (0..<3).map { try train[$0] } == [image(2), image(3), image(1)])
  }

  @Test func readsJPEGFilesAndPassesOverHiddenOnes() throws {
    let jpeg = try JPEG.encode(image(1, width: 16, height: 8), quality: 90)
    let files: [(String, [UInt8])] = [(".DS_Store", [0]), ("a/1.jpg", jpeg), ("a/._1.jpg", [1]), ("__MACOSX/a/1.jpg", [2]), ("@eaDir/a/1.jpg", [3]),
      ("b/Thumbs.db", [4]), ("b/desktop.ini", [5]), ("b/1.jpg", jpeg), ("b/@eaDir/1.jpg/SYNO_THUMB.jpg", [6])]
    let train = try Dataset(FoldersSource(path: try scratch.tar(files))).split(.train)
    #expect(train.count == 2)
    #expect(train.width == 16)
    #expect(train.height == 8)
    #expect(try train[0] == JPEG.decode(jpeg, from: "x"))
  }

  @Test func aTreeWithoutSplitFoldersCountsAsTheSplitThatWasNamed() throws {
    let path = try scratch.tar(classFolders([""], ["a", "b"], count: 2))
    #expect(try Dataset(FoldersSource(path: path, undivided: .test)).splits.keys.map(\.rawValue) == ["test"])
  }

  @Test func namesTheImageOfAnotherSize() throws {
    let files = [("a/1.png", PNG.encode(image(1))), ("a/2.png", PNG.encode(image(2, width: 5))), ("b/1.png", PNG.encode(image(3)))]
    #expect(
      message { try Dataset(FoldersSource(path: try scratch.tar(files))) }
        .hasSuffix(
          "member 'a/2.png': is of a kind that is not supported; expected 4x4 pixels, like the images before it, found 5x4; scale all images to one size first"
        ))
  }

  @Test func namesTheMemberThatIsNoImage() throws {
    let files = [("a/1.png", PNG.encode(image(1))), ("a/notes.txt", Array("hello".utf8)), ("b/1.png", PNG.encode(image(2)))]
    #expect(message { try Dataset(FoldersSource(path: try scratch.tar(files))) }.contains("member 'a/notes.txt'"))
  }

  @Test func everyPrefixOfAnImageIsAnErrorThatNamesIt() throws {
    let png = PNG.encode(image(1))
    // libpng does without the 12 bytes of the end mark: all pixels are there.
    for length in 0..<png.count - 12 {
      let path = try scratch.tar([("a/1.png", Array(png.prefix(length))), ("b/1.png", png)], named: "\(length).tar")
      #expect(message { try Dataset(FoldersSource(path: path)) }.contains("member 'a/1.png'"), "of \(length) bytes")
    }
  }

  @Test func refusesASplitThatLacksAClass() throws {
    let files = classFolders(["train/"], ["a", "b"], count: 1) + classFolders(["test/"], ["a"], count: 1)
    #expect(
      message { try Dataset(FoldersSource(path: try scratch.tar(files))) }.contains(
        "split 'test': is of a kind that is not supported; expected images of every class, found none of 'b'"))
  }

  @Test func oneClassIsNoDataSet() throws {
    let path = try scratch.tar(classFolders([""], ["a"], count: 3))
    #expect(
      message { try Dataset(FoldersSource(path: path)) }
        == "\(path): is of a kind that is not supported; expected images of two classes at least, found the one class 'a'; each class needs a folder of its own, "
        + "or a label of its own")
  }

  /// Cut between two members, behind the last, and within the zeros.
  @Test func aTarWithoutItsEndIsDamaged() throws {
    let members = classFolders([""], ["a", "b"], count: 2)
    let whole = RawTar.bytes(members)
    let end = whole.count - 1024
    for length in [end / 4, end / 2, 3 * end / 4, end] {
      #expect(length.isMultiple(of: 512))
      let path = try scratch.file("\(length).tar", Array(whole.prefix(length)))
      #expect(message { try FoldersSource(path: path).scan() }.contains("expected a whole tar, which ends with zeros, found its end behind member "))
    }
    for length in [end + 512, end + 1024] {
      let path = try scratch.file("\(length).tar", Array(whole.prefix(length)))
      #expect(try FoldersSource(path: path).scan().entries.count == 4)
    }
  }

  @Test func refusesNamesThatLeaveTheirFolder() throws {
    let path = try scratch.file("evil.tar", RawTar.bytes([("a/1.png", PNG.encode(image(1))), ("a/../../etc/passwd", [1])]))
    do {
      _ = try FoldersSource(path: path).scan()
      Issue.record("nothing was thrown")
    } catch let error as FileError {
      #expect(error.kind == .unsafe)
    }
  }

  @Test func refusesTheSameNameTwice() throws {
    let png = PNG.encode(image(1))
    let path = try scratch.file("twice.tar", RawTar.bytes([("a/1.png", png), ("a/1.png", png)]))
    #expect(message { try FoldersSource(path: path).scan() }.contains("member 'a/1.png': is damaged; expected each name once"))
  }

  @Test func anEmptyArchiveOrFolderIsAClearError() throws {
    let tar = try scratch.tar([])
    let folder = try scratch.fill([".hidden": [1]], below: "empty")
    for path in [tar, folder] { #expect(message { try FoldersSource(path: path).scan() }.contains("found no file at all")) }
    #expect(message { try FoldersSource(path: "no/such.tar").scan() }.hasPrefix("no/such.tar: does not exist"))
  }

  @Test func noticesAnArchiveThatChangedBetweenTheTwoReadings() throws {
    let files = classFolders([""], ["a"], count: 2)
    let source = FoldersSource(path: try scratch.tar(files))
    let inventory = try source.scan()
    for changed in [files + [("a/new.png", [1])], [files[0]]] {
      _ = try scratch.tar(changed)
      #expect(message { try source.read(inventory, where: { _ in true }) { _, _ in } }.contains("let nobody change it while it is read"))
    }
  }

  @Test func decodesOnlyWhatIsWanted() throws {
    let bad = Array("no image".utf8)
    let files = [("test/a/1.png", bad), ("test/b/1.png", bad), ("train/a/1.png", PNG.encode(image(1))), ("train/b/1.png", PNG.encode(image(2)))]
    let dataset = try Dataset(FoldersSource(path: try scratch.tar(files)), only: [.train])
    #expect(dataset.splits.keys.map(\.rawValue) == ["train"])
  }
}

/// A tar with any names, which `TarWriter` would refuse: plain ustar headers, written by hand.
enum RawTar {
  static func bytes(_ members: [(String, [UInt8])]) -> [UInt8] {
    members.flatMap { name, content in
      header(name, size: content.count) + content + [UInt8](repeating: 0, count: (512 - content.count % 512) % 512)
    } + [UInt8](repeating: 0, count: 1024)
  }

  private static func header(_ name: String, size: Int) -> [UInt8] {
    var header = [UInt8](repeating: 0, count: 512)
    func put(_ text: String, at offset: Int) { header.replaceSubrange(offset..<offset + text.utf8.count, with: text.utf8) }
    func octal(_ value: Int, _ digits: Int) -> String {
      let text = String(value, radix: 8)
      return String(repeating: "0", count: digits - text.count) + text
    }
    put(name, at: 0)
    for offset in [100, 108, 116] { put(octal(offset == 100 ? 0o444 : 0, 7), at: offset) }
    put(octal(size, 11), at: 124)
    put(octal(0, 11), at: 136)
    put("        0", at: 148)
    put("ustar", at: 257)
    put("00", at: 263)
    put(octal(header.reduce(0) { $0 + Int($1) }, 6), at: 148)
    header[154] = 0
    return header
  }
}
