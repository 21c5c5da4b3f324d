import Testing

@testable import AdvGAN
@testable import NN

/// What `bench kernels` counts, and that it computes what it names.
@Suite struct KernelBenchmarkTests {
  @Test func theBestOfAtLeastTwoRoundsCounts() {
    // A round takes two readings; from the second on one more asks whether the time is over.
    var spans = [0.0, 0, 5, 0, 2, 0]
    var now = 0.0
    func clock() -> Double {
      now += spans.isEmpty ? 0 : spans.removeFirst()
      return now
    }
    #expect(BestTime(seconds: 6.5, clock: clock) {} == BestTime(seconds: 2, rounds: 2))
    var rounds = 0
    #expect(BestTime(seconds: 0, clock: { 0 }) { rounds += 1 }.rounds == 2 && rounds == 2)
  }

  @Test func ratesAreOfThePlainDefinitionAndPartsOfTheRightPeak() {
    let peaks = Peaks(operations: 100, read: 10, copied: 5)
    func measured(_ work: KernelCase.Work) -> KernelMeasurement {
      KernelMeasurement(name: "", shape: "", work: work, time: BestTime(seconds: 2, rounds: 2))
    }
    let adding = measured(.operations(400))
    #expect(adding.rate == 200 && adding.part(of: peaks) == 2)
    let reading = measured(.bytes(read: 10, written: 0))
    #expect(reading.rate == 5 && reading.part(of: peaks) == 0.5)
    let writing = measured(.bytes(read: 10, written: 10))
    #expect(writing.rate == 10 && writing.part(of: peaks) == 2)
  }

  /// 2 N H W 9 C K of the convolution itself, whatever surrounds it.
  @Test(arguments: [KernelCase.Surroundings.none, .upsampled, .halved]) func everyConvolutionIsComputed(
    _ surroundings: KernelCase.Surroundings
  ) {
    let cases = KernelCase.convolutions(batch: 2, 16, 32, side: 8, surroundings)
    #expect(cases.map(\.work) == Array(repeating: .operations(1_179_648), count: 3))
    #expect(cases.map(\.shape) == Array(repeating: "2 x 8 x 8, 16 -> 32", count: 3))
    for one in cases { #expect(run(one).rounds == 2) }
  }

  @Test func everyOtherOperationIsComputed() {
    let cases =
      KernelCase.convolutions(batch: 1, 3, 16, side: 4, kernel: 1) + KernelCase.linear(batch: 2, 8, 16)
      + KernelCase.normalisation(batch: 2, side: 4, 16) + KernelCase.elementwise(batch: 2, side: 4, 16) + [KernelCase.adam(100)]
    for one in cases { #expect(run(one).rounds == 2) }
    let works = cases.reduce(into: [String: KernelCase.Work]()) { $0[$1.name] = $1.work }
    let expected: [String: KernelCase.Work] = [
      "convolution 1x1 forward": .operations(1536), "linear forward": .operations(512), "batchStatistics": .bytes(read: 2048, written: 0),
      "add": .bytes(read: 4096, written: 2048), "normalise gradients": .bytes(read: 4096, written: 2048),
      "adam": .bytes(read: 1600, written: 1200), "average pool": .bytes(read: 2048, written: 512),
      "leakyReLU": .bytes(read: 2048, written: 2048), "normalise": .bytes(read: 2048, written: 2048),
    ]
    for (name, work) in expected { #expect(works[name] == work, "\(name)") }
  }

  @Test func theShapesAreThoseOfTheNetworks() {
    let forward = NetworkKernels.cases.filter { $0.name.hasSuffix("forward") }.map { "\($0.name): \($0.shape)" }
    #expect(forward.first == "convolution 3x3 forward: 64 x 32 x 32, 128 -> 128")
    #expect(forward.contains("convolution 3x3 forward: 16 x 128 x 128, 64 -> 64"))
    #expect(forward.contains("convolution 3x3 forward: 16 x 4 x 4, 1024 -> 1024"))
    #expect(forward.contains("convolution 3x3 of upsampled forward: 64 x 32 x 32, 128 -> 128"))
    #expect(forward.contains("convolution 3x3 forward: 64 x 32 x 32, 64 -> 3") && forward.contains("linear forward: 64, 128 -> 16384"))
    #expect(NetworkKernels.cases.count == 13 * 3 + 3 + 3 + 3 + 1)
  }

  /// What the loops for the peaks compute means nothing, but it must be computed.
  @Test(arguments: KernelChoice.all.filter(\.isRunnable)) func peaksAreOfWorkThatIsDone(_ choice: KernelChoice) {
    let kernels = choice.kernels
    // From s to 1 + s / 2, again and again, ends at 2: of twelve vectors, as many numbers as half the operations.
    #expect(kernels.multiplyAdds(rounds: 100, start: 1) == Float(kernels.operationsPerRound))
    #expect(kernels.multiplyAdds(rounds: 0, start: 0) == 0)
    let numbers = (0..<1003).map { Float($0) }
    let total: Float? = numbers.withUnsafeBufferPointer { $0.baseAddress.map { kernels.total($0, 3..<1003) } }
    #expect(total == 502_500)
    let backend = CPUBackend(threads: 2, kernels: choice)
    let operations = 3 * 16 * kernels.operationsPerRound
    #expect(backend.multiplyAdds(rounds: 3) == Double(operations))
    let (x, y) = (backend.noise([300_001]), backend.zeros([300_001]))
    backend.copy(x, over: y)
    #expect(x.values == y.values)
  }

  @Test func peaksAreRatesOfTheClock() {
    var now = 0.0
    let peaks = Peaks(of: CPUBackend(threads: 1), seconds: 0, bytes: 4096) {
      now += 1
      return now
    }
    #expect(peaks.read == 4096 && peaks.copied == 8192 && peaks.operations > 1e6)
  }

  private func run(_ one: KernelCase) -> BestTime {
    one.measured(on: CPUBackend(threads: 2), seconds: 0) { 0 }.time
  }
}
