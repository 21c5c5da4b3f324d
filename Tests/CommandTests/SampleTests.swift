import IO
import Testing

/// `advgan-job sample` as a program, with a tiny generator.
@Suite(.serialized) struct SampleTests {
  let sandbox: ModelSandbox
  init() throws {
    sandbox = try ModelSandbox()
    try sandbox.writeGenerator("g.safetensors")
  }

  /// The image that the program wrote.
  func image(_ name: String) throws -> Image { try PNG.decode(LocalDisk().read(sandbox.path(name)), from: sandbox.path(name)) }

  @Test func aGridIsWrittenWithAColumnAClassAndARowANoiseVector() throws {
    let answer = try sandbox.run("sample --weights g.safetensors --rows 3 -o o.png --threads 1")
    #expect(answer.status == 0 && answer.output == "o.png: 3 x 2 images\n" && answer.error == "")
    let grid = try image("o.png")
    // Cells of 32 pixels, two black ones between them.
    #expect(grid.width == 2 * 34 - 2 && grid.height == 3 * 34 - 2)
    #expect(Set(grid.rgb).count > 2)
  }

  @Test func theSeedDecidesTheImageAndThreadsDoNot() throws {
    for (name, options) in [("a.png", "--threads 1"), ("b.png", "--threads 3"), ("c.png", "--threads 1 --seed 1")] {
      #expect(try sandbox.run("sample --weights g.safetensors --rows 2 -o \(name) \(options)").status == 0)
    }
    #expect(try image("a.png") == image("b.png"))
    #expect(try image("a.png") != image("c.png"))
  }

  @Test func onlyAnImageIsReplaced() throws {
    for rows in [2, 3] { #expect(try sandbox.run("sample --weights g.safetensors --rows \(rows) -o o.png").status == 0) }
    let weights = try LocalDisk().read(sandbox.path("g.safetensors"))
    try AtomicFile.write(weights, to: sandbox.path("g.png"), on: LocalDisk())
    let answer = try sandbox.run("sample --weights g.safetensors --rows 2 -o g.png")
    #expect(answer.status == 2 && answer.error.contains("g.png: is of a kind that is not supported; expected a PNG image, or nothing"))
    #expect(try LocalDisk().read(sandbox.path("g.png")) == weights)
    let nowhere = try sandbox.run("sample --weights g.safetensors -o no/o.png")
    #expect(nowhere.status == 66 && nowhere.error.hasPrefix("advgan-job: no: does not exist; expected the folder to write 'o.png' into"))
  }

  @Test func aClassThatTheGeneratorDoesNotKnowIsWrongUsage() throws {
    let answer = try sandbox.run("sample --weights g.safetensors --labels 0-2 -o o.png")
    #expect(answer.status == 64 && answer.error.hasPrefix("Error: --labels names class 2, but the generator knows 0 to 1\n"))
    #expect(try LocalDisk().status(sandbox.path("o.png")) == nil)
  }

  @Test func weightsOfAnotherKindOfNetworkAreRefusedWithATensorsName() throws {
    try sandbox.writeDiscriminator("d.safetensors")
    let answer = try sandbox.run("sample --weights d.safetensors -o o.png")
    #expect(answer.status == 2 && answer.output == "")
    #expect(answer.error.hasPrefix("advgan-job: d.safetensors: is damaged; expected the weights of this network, found tensor '"))
    #expect(try LocalDisk().status(sandbox.path("o.png")) == nil)
  }

  @Test func aMissingWeightsFileIsAMissingInput() throws {
    let answer = try sandbox.run("sample --weights none.safetensors -o o.png")
    #expect(answer.status == 66 && answer.error.hasPrefix("advgan-job: none.safetensors: does not exist"))
  }
}
