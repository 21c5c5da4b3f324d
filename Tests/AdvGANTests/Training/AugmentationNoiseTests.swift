import AdvGAN
import NN
import TestSupport
import Testing

/// The two noises that hide the steps between bytes: the sound one, and the published one, which leaves the range.
@Suite struct AugmentationNoiseTests {
  private let backend = CPUBackend(threads: 1)

  /// Over a million numbers, so that the greatest come within rounding of the next byte.
  @Test func dequantisedImagesStayBelowOne() throws {
    let white = plain(255)
    var greatest: Float = -1
    for seed in UInt64(0)..<4 {
      let x = try white.batch([Int](repeating: 0, count: 100), noisy(.dequantise), RandomStream(seed: seed), on: backend).images
      greatest = x.values.reduce(greatest) { $1 > $0 ? $1 : $0 }
    }
    #expect(greatest < 1 && greatest > 1 - 1e-6)
  }

  @Test func dequantisedNumbersKeepTheirByte() throws {
    let all = ImageSet(height: 16, width: 16, pixels: (0..<768).map { UInt8($0 / 3) }, labels: [0])
    let x = try all.batch([Int](repeating: 0, count: 20), noisy(.dequantise), RandomStream(seed: 5), on: backend).images.values
    let kept = x.enumerated().allSatisfy { index, x in Int(((x + 1) * 128).rounded(.down)) == index % 768 / 3 }
    #expect(kept)
    #expect(x.allSatisfy { $0 >= -1 })
  }

  @Test func dequantisedNumbersFillTheStepBetweenBytesEvenly() throws {
    let offsets = try plain(100).batch([0, 0, 0], noisy(.dequantise), RandomStream(seed: 6), on: backend).images.values.map {
      ($0 + 1) * 128 - 100
    }
    let count = Float(offsets.count)
    #expect(abs(offsets.reduce(0, +) / count - 0.5) < 5 * (1 / (12 * count)).squareRoot())
    #expect(abs(offsets.reduce(0) { $0 + $1 * $1 } / count - 1.0 / 3) < 5 * (4 / (45 * count)).squareRoot())
  }

  @Test func thePublishedNoiseGoesBeyondOne() throws {
    let x = try plain(255).batch([0, 0], noisy(.asPublished), RandomStream(seed: 7), on: backend).images.values
    #expect(x.allSatisfy { $0 >= 1 && $0 <= 1 + 1 / 128 })
    #expect(x.contains { $0 > 1.007 })
  }

  private func plain(_ byte: UInt8) -> ImageSet {
    ImageSet(height: 32, width: 32, pixels: [UInt8](repeating: byte, count: 3072), labels: [0])
  }

  private func noisy(_ noise: Augmentation.Noise) -> Augmentation { Augmentation(flips: false, shift: 0, noise: noise) }
}
