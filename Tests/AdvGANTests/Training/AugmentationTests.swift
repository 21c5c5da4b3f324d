import AdvGAN
import NN
import TestSupport
import Testing

/// What may become of a training image, and what not.
@Suite struct AugmentationTests {
  private let backend = CPUBackend(threads: 1)
  private let stream = RandomStream(seed: 11)
  /// Two images, higher than wide, no two bytes of a row alike and none black.
  private let set = ImageSet(
    height: 6, width: 5, pixels: (0..<180).map { UInt8(20 + $0) }, labels: [3, 1])

  @Test func withoutAugmentationBytesBecomeNumbersAndNothingElse() throws {
    let (x, labels) = try set.batch([1, 0, 1], .none, stream, on: backend)
    #expect(labels == [1, 3, 1])
    #expect(x.shape == [3, 6, 5, 3])
    expectAgreement(
      x, StateTensor(shape: [3, 6, 5, 3], values: try numbers(1) + numbers(0) + numbers(1)), "images",
      within: Tolerance(length: 0, peak: 0, absolute: 1e-7))
    #expect(try set.batch(0..<2, on: backend).images.values == numbers(0) + numbers(1))
  }

  @Test func blackIsMinusOneAndWhiteIsOne() throws {
    let ends = ImageSet(height: 1, width: 2, pixels: [0, 0, 0, 255, 255, 255], labels: [0])
    #expect(try ends.batch(0..<1, on: backend).images.values == [-1, -1, -1, 1, 1, 1])
  }

  @Test func flipsOnlyMirrorAndDoSoHalfTheTime() throws {
    let rows = try many(Augmentation(flips: true, shift: 0, noise: .none))
    let plain = try rows.count { try $0 == framed(mirrored: false, 0, 0) }
    let mirrored = try rows.count { try $0 == framed(mirrored: true, 0, 0) }
    #expect(plain + mirrored == rows.count)
    #expect(abs(plain - 200) <= 50, "five standard deviations")
  }

  @Test func shiftsMoveAsFarAsTheyMayAndBringBlackIn() throws {
    let rows = try many(Augmentation(flips: false, shift: 1, noise: .none))
    var met: Set<Int> = []
    for row in rows {
      let place = try (0..<9).first { try row == framed(mirrored: false, $0 / 3 - 1, $0 % 3 - 1) }
      if let place { met.insert(place) } else { Issue.record("an image that is not one moved by at most 1") }
    }
    #expect(met == Set(0..<9))
    // Moved down by one, the first row is black.
    #expect(try framed(mirrored: false, -1, 0).prefix(15).allSatisfy { $0 == -1 })
  }

  @Test func flipsAndShiftsGoTogether() throws {
    let rows = try many(Augmentation(flips: true, shift: 2, noise: .none))
    let all = try [false, true].flatMap { mirrored in try (0..<25).map { try framed(mirrored: mirrored, $0 / 5 - 2, $0 % 5 - 2) } }
    let known = rows.allSatisfy { all.contains($0) }
    #expect(known)
    #expect(Set(rows).count > 40, "of 50 framings")
  }

  @Test func noiseChangesNoFraming() throws {
    let framing = Augmentation(flips: true, shift: 1, noise: .none)
    var noisy = framing
    noisy.noise = .asPublished
    let (a, b) = (try many(framing), try many(noisy))
    let near = zip(a, b).allSatisfy { zip($0, $1).allSatisfy { $0 <= $1 && $1 <= $0 + 1 / 128 } }
    #expect(near)
  }

  @Test func equalStreamsGiveEqualBatches() throws {
    let all = Augmentation(flips: true, shift: 2, noise: .dequantise)
    let (a, again, other) = (try many(all), try many(all), try many(all, RandomStream(seed: 12)))
    let (same, different) = (a == again, a != other)
    #expect(same && different)
  }

  /// Image 0, four hundred times.
  private func many(_ augmentation: Augmentation, _ stream: RandomStream? = nil) throws -> [[Float]] {
    let x = StateTensor(try set.batch([Int](repeating: 0, count: 400), augmentation, stream ?? self.stream, on: backend).images)
    return (0..<400).map { x.row($0).values }
  }

  private func numbers(_ image: Int) throws -> [Float] { try set[image].rgb.map { Float($0) / 127.5 - 1 } }

  /// Image 0 read from (row + rows, column + columns), from the right when mirrored.
  private func framed(mirrored: Bool, _ rows: Int, _ columns: Int) throws -> [Float] {
    let from = try numbers(0)
    var result = [Float](repeating: -1, count: from.count)
    for r in 0..<6 {
      for s in 0..<5 {
        let (row, column) = (r + rows, (mirrored ? 4 - s : s) + columns)
        guard (0..<6).contains(row), (0..<5).contains(column) else { continue }
        for j in 0..<3 { result[(r * 5 + s) * 3 + j] = from[(row * 5 + column) * 3 + j] }
      }
    }
    return result
  }
}
