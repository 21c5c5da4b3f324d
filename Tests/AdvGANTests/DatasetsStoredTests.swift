import IO
import Jobs
import Testing

@testable import AdvGAN

/// Images that stay in the tar of a data set until they are asked for.
@Suite struct DatasetsStoredTests {
  private func isInMemory(_ set: ImageSet) -> Bool {
    if case .memory = set.supply { true } else { false }
  }

  @Test func theTarGivesTheImagesThatMemoryGives() throws {
    // Every other image is a JPEG; what its decoder makes of it is the same both ways.
    let scene = try StoredScene(squares(8)) { number, image in
      number % 2 == 0 ? (PNG.encode(image), "png") : (try JPEG.encode(image, quality: 95), "jpg")
    }
    let (memory, tar) = (try scene.opened(inMemory: true), try scene.opened(inMemory: false))
    #expect(memory.classes == tar.classes && memory.splits.keys == tar.splits.keys)
    for split in Split.allCases {
      let (a, b) = (try memory.split(split), try tar.split(split))
      #expect(isInMemory(a) && !isInMemory(b))
      #expect(a.labels == b.labels && a.width == b.width && a.height == b.height)
      for number in 0..<a.count { #expect(try a[number] == b[number], "\(split) \(number)") }
    }
    #expect(try tar == scene.opened(inMemory: false) && tar != memory)
  }

  @Test func whatFitsIsKeptInMemoryAndWhatDoesNotIsNot() throws {
    let scene = try StoredScene(squares(8))
    let size = 3 * 4 * 8 * 8 * 3
    for (limit, fits) in [(size, true), (size - 1, false)] {
      let dataset = try Dataset(artifactAt: scene.path, inMemory: limit)
      #expect(dataset.splits.values.allSatisfy { isInMemory($0) == fits })
    }
    // One split alone takes a third.
    let test = try Dataset(artifactAt: scene.path, only: [.test], inMemory: size / 3)
    #expect(test.splits.count == 1 && test.splits.values.allSatisfy(isInMemory))
    #expect(Dataset.memoryLimit == 1 << 30)
  }

  @Test(arguments: [true, false]) func aNumberHasOneImageOfEitherKind(_ inMemory: Bool) throws {
    func opened(_ more: [(String, [UInt8])]) throws -> Dataset {
      let scratch = try ScratchFolder()
      let members = [("classes.json", ClassList(names: ["a"], counts: nil).encoded), ("test/000000.cls", Array("0".utf8))] + more
      return try Dataset(artifactAt: scratch.tar(members), inMemory: inMemory ? .max : 0)
    }
    let png = PNG.encode(image(1))
    #expect(try opened([("test/000000.png", png)]).split(.test)[0] == image(1))
    // The bytes tell the kind, not the name.
    #expect(try opened([("test/000000.jpg", png)]).split(.test)[0] == image(1))
    #expect(
      message { try opened([("test/000000.jpg", png), ("test/000000.png", png)]) }.contains(
        "member 'test/000000.png': is damaged; expected one of 'test/000000.png' and 'test/000000.jpg', found both"))
    #expect(message { try opened([("test/000000.gif", png)]) }.contains("'test/000000.png' and 'test/000000.jpg', found neither"))
  }

  @Test(arguments: [true, false]) func anImageOfAnotherSizeIsNamed(_ inMemory: Bool) throws {
    let scene = try StoredScene(squares(8)) { number, image in
      (PNG.encode(number == 3 ? AdvGANTests.image(9, width: 7, height: 8) : image), "png")
    }
    let found = message { try scene.opened(inMemory: inMemory).split(.train)[3] }
    #expect(found.contains("/000003.png': is of a kind that is not supported; expected 8x8 pixels, like the first image, found 7x8"))
  }

  /// Whatever happens to the file behind an open data set is an error or changes nothing.
  @Test func everyFlippedByteBehindAnOpenDataSetIsNoticedWhereItIsRead() throws {
    let scene = try StoredScene(squares(4, count: 2))
    let dataset = try scene.opened(inMemory: false)
    let place = try scene.place(of: "train/000001.png")
    for byte in place {
      try scene.flip(byte)
      let error = #expect(throws: FileError.self) { try dataset.split(.train)[1] }
      #expect(error?.kind == .damaged && error?.description.contains("member 'train/000001.png'") == true)
      #expect(throws: Never.self) { try dataset.split(.train)[0] }
      try scene.flip(byte)
    }
    #expect(try dataset.split(.train)[1] == scene.opened(inMemory: true).split(.train)[1])
  }

  @Test func aTarCutShortBehindAnOpenDataSetIsAnErrorAtEverySize() throws {
    let scene = try StoredScene(squares(4, count: 2))
    let dataset = try scene.opened(inMemory: false)
    let place = try scene.place(of: "validation/000001.png")
    for size in stride(from: place.upperBound - 1, through: place.lowerBound - 600, by: -7) {
      try scene.truncate(to: size)
      #expect(throws: FileError.self) { try dataset.split(.validation)[1] }
    }
    #expect(throws: FileError.self) { try scene.opened(inMemory: false) }
  }
}
