import IO
import Testing

/// `advgan-job sample` as a program, with a tiny generator.
@Suite(.serialized) struct SampleTests {
  let desk: ModelDesk
  init() throws {
    desk = try ModelDesk()
    try desk.writeGenerator("g.safetensors")
  }

  /// The picture that the program wrote.
  func picture(_ name: String) throws -> Picture { try PNG.decode(LocalDisk().read(desk.path(name)), from: desk.path(name)) }

  @Test func aGridIsWrittenWithAColumnAClassAndARowANoiseVector() throws {
    let answer = try desk.run("sample --weights g.safetensors --rows 3 -o o.png --threads 1")
    #expect(answer.status == 0 && answer.output == "o.png: 3 x 2 pictures\n" && answer.error == "")
    let grid = try picture("o.png")
    // Cells of 32 pixels, two black ones between them.
    #expect(grid.width == 2 * 34 - 2 && grid.height == 3 * 34 - 2)
    #expect(Set(grid.rgb).count > 2)
  }

  @Test func theSeedDecidesThePictureAndThreadsDoNot() throws {
    for (name, options) in [("a.png", "--threads 1"), ("b.png", "--threads 3"), ("c.png", "--threads 1 --seed 1")] {
      #expect(try desk.run("sample --weights g.safetensors --rows 2 -o \(name) \(options)").status == 0)
    }
    #expect(try picture("a.png") == picture("b.png"))
    #expect(try picture("a.png") != picture("c.png"))
  }

  @Test func aClassThatTheGeneratorDoesNotKnowIsWrongUsage() throws {
    let answer = try desk.run("sample --weights g.safetensors --labels 0-2 -o o.png")
    #expect(answer.status == 64 && answer.error.hasPrefix("Error: --labels names class 2, but the generator knows 0 to 1\n"))
    #expect(try LocalDisk().status(desk.path("o.png")) == nil)
  }

  @Test func weightsOfAnotherKindOfNetworkAreRefusedWithATensorsName() throws {
    try desk.writeDiscriminator("d.safetensors")
    let answer = try desk.run("sample --weights d.safetensors -o o.png")
    #expect(answer.status == 2 && answer.output == "")
    #expect(answer.error.hasPrefix("advgan-job: d.safetensors: is damaged; expected the weights of this network, found tensor '"))
    #expect(try LocalDisk().status(desk.path("o.png")) == nil)
  }

  @Test func aMissingWeightsFileIsAMissingInput() throws {
    let answer = try desk.run("sample --weights none.safetensors -o o.png")
    #expect(answer.status == 66 && answer.error.hasPrefix("advgan-job: none.safetensors: does not exist"))
  }
}
