import NN
import Synchronization
import TestSupport
import Testing

@testable import AdvGAN

/// Two cycles of co-training, attacks included, at a width that the fast convolutions serve: the same bits of every parameter.
@Suite struct SameBitsTests {
  @Test(arguments: KernelChoice.runnable, [true, false])
  func anyNumberOfThreadsGivesTheSameBits(_ kernels: KernelChoice, _ batchNorm: Bool) throws {
    let expected = try Self.trained(kernels, threads: 1, batchNorm: batchNorm)
    for threads in [2, 3, 5] {
      let found = try Self.trained(kernels, threads: threads, batchNorm: batchNorm)
      #expect(Self.differing(found, expected) == [], "\(threads) threads")
    }
  }

  /// Both fuse products and sums, and no sum depends on the width of a vector.
  @Test(.enabled("needs a processor with AVX-512, and kernels for it and for AVX2", { fused.count == 2 }), arguments: [true, false])
  func avx512AndAVX2GiveTheSameBits(_ batchNorm: Bool) throws {
    let results = try Self.fused.map { try Self.trained($0, threads: 1, batchNorm: batchNorm) }
    #expect(Self.differing(results[0], results[1]) == [])
  }

  private static let fused = KernelChoice.runnable.filter { ["avx512", "avx2"].contains($0.key) }
  private static let known = Mutex<[String: [[UInt8]]]>([:])

  /// Computed once on one thread.
  private static func trained(_ kernels: KernelChoice, threads: Int, batchNorm: Bool) throws -> [[UInt8]] {
    let key = "\(kernels.key) \(batchNorm)"
    if threads == 1, let known = known.withLock({ $0[key] }) { return known }
    let made = try trained(
      CPUBackend(threads: threads, kernels: kernels), NetworkShape(width: 16, classes: 5, batchNorm: batchNorm, latentSize: 8))
    if threads == 1 { known.withLock { $0[key] = made } }
    return made
  }

  /// Bytes of all parameters of both players after two cycles. The players are resnet32's with fewer blocks, for the test's sake.
  private static func trained(_ backend: CPUBackend, _ shape: NetworkShape) throws -> [[UInt8]] {
    var stream = RandomStream(seed: 41)
    let generator = ResidualGenerator(
      firstFactor: 4, [.init(factor: 2, doubles: true), .init(factor: 2, doubles: true), .init(factor: 1, doubles: true)], shape)
    let discriminator = ResidualDiscriminator(
      [.init(factor: 2, halves: true), .init(factor: 2, halves: true), .init(factor: 2, halves: false)], shape)
    var trainer = CoTrainer(
      GeneratorModel(generator, from: stream.derived("generator"), on: backend),
      DiscriminatorModel(discriminator, from: stream.derived("discriminator"), on: backend), Adam(beta1: 0, beta2: 0.9),
      Adam(beta1: 0, beta2: 0.9), SplitLoss(), tracksFakes: false)
    let attack = PGD(steps: 2, step: .fixed(.levels(4)), randomStart: true, objective: BothHeadsObjective())
    let (labels, fakeLabels) = ([0, 3, 3, 1, 4, 2], [2, 0, 4, 2, 1, 1])
    for cycle in 0..<2 {
      let real = backend.uniform([6, 32, 32, 3], low: -1, high: 1, &stream)
      let attacked = trainer.discriminator.attacked(real, labels, by: attack, epsilon: 8, RandomStream(seed: UInt64(cycle)))
      let fakes = LabelledImages(trainer.fakes(backend.normal([6, 8], &stream), fakeLabels), fakeLabels)
      _ = trainer.updateDiscriminator(real: LabelledImages(attacked, labels), fake: fakes, rate: 2e-4)
      _ = trainer.updateGenerator(backend.normal([6, 8], &stream), fakeLabels, rate: 2e-4)
    }
    return [trainer.generator.parameters, trainer.discriminator.parameters].flatMap {
      $0.values.map { $0.values.withUnsafeBytes(Array.init) }
    }
  }

  /// Indices of the tensors that differ in a bit.
  private static func differing(_ a: [[UInt8]], _ b: [[UInt8]]) -> [Int] { a.indices.filter { a[$0] != b[$0] } }
}
