import AdvGAN
import IO
import Jobs
import Testing

/// `advgan-job bench loading`: as a program on a handful of images, and its mistakes word for word.
@Suite(.serialized) struct BenchLoadingTests {
  /// On the sandbox's own images, written as a data set's members.
  static func command(on models: ModelSandbox) throws -> [String] {
    let folder = models.sandbox.folder
    let tar = try TarWriter(publishingAt: folder.appending("dataset.tar"), on: LocalDisk())
    try tar.add("classes.json", Array(#"{"names": ["cat", "dog"]}"#.utf8))
    for (number, name) in ["cat/1.png", "cat/2.png", "dog/1.png"].enumerated() {
      try tar.add("train/00000\(number).png", LocalDisk().read(folder.appending("images").appending(name)))
      try tar.add("train/00000\(number).cls", Array(number < 2 ? "0".utf8 : "1".utf8))
    }
    _ = try tar.finish()
    return ["bench", "loading", "--data", "dataset.tar", "--batch", "2", "--seconds", "0", "--threads", "2"]
  }

  @Test func theRecordIsOnOneLine() throws {
    let models = try ModelSandbox()
    let answer = try models.sandbox.run(Self.command(on: models) + ["--crop", "--json"])
    #expect(answer.status == 0 && answer.error == "" && answer.output.count { $0 == "\n" } == 1)
    let json = try JSON(parsing: Array(answer.output.utf8))
    #expect(json["network"]?.text == "resnet32" && json["stored"]?.whole == 32 && json["side"]?.whole == 32)
    #expect(json["crop"] == .bool(true) && json["batch"]?.whole == 2 && json["images"]?.whole == 2 && json["threads"]?.whole == 2)
    #expect(try #require(json["images_per_second"]?.real) > 0)
  }

  @Test func aPersonGetsASentence() throws {
    let models = try ModelSandbox()
    let answer = try models.sandbox.run(Self.command(on: models))
    #expect(answer.status == 0)
    #expect(answer.output.hasSuffix(" images a second (32 to 32 pixels; threads: 2; 2 images in batches of 2)\n"))
  }

  @Test func mistakesAreNamed() throws {
    let models = try ModelSandbox()
    let command = try Self.command(on: models)
    let network = try models.sandbox.run(command + ["--network", "resnet31"])
    #expect(network.status == 64 && network.error.contains("there is no network 'resnet31'; known: resnet32, "))
    let large = try models.sandbox.run(command + ["--network", "resnet64"])
    #expect(large.status != 0 && large.error.contains("takes images of 64x64 pixels, but those of 'train' have 32x32"))
    let few = try models.sandbox.run(command.map { $0 == "2" ? "9" : $0 })
    #expect(few.status != 0 && few.error.contains("a batch has 9 images, but the data set only 3"))
  }
}
